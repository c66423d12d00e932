// The worker's end of the conversation: one message a call, answered under its id. The key stays here.

const TASKS = new Set([
  'createCsr',
  'createPfx',
  'describePfx',
  'encryptPrivateKey',
  'generateKeyPair',
  'generatePassphrase',
  'inspectCsr',
  'openPfx',
  'passwordWarning',
  'readPrivateKey',
]);

/** What carries a secret: overwritten when the call is over. */
const SECRETS = ['passphrase', 'password', 'privateKey'];

export function serve(signet, post) {
  let ready;
  let keyPair;

  /** Keeps the key, and gives what may be known of it. */
  function keep(made) {
    keyPair = made;
    const { algorithm, publicKey, publicKeySha256, madeBy } = made;
    return { algorithm, publicKey, publicKeySha256, madeBy };
  }

  async function perform({ id, task, argument, usesKey }) {
    if (!TASKS.has(task)) throw new signet.SignetError('internal', `There is no task ${task}.`);
    if (usesKey) return signet[task]({ ...argument, keyPair });
    if (task !== 'generateKeyPair') return signet[task](argument);
    return signet.generateKeyPair({ ...argument, onProgress: (progress) => post({ id, progress }) });
  }

  return async ({ data }) => {
    const { id, task, argument } = data;
    if (task === 'init') {
      ready = signet.init(argument);
      // Each call waits for it and reports it.
      ready.catch(() => undefined);
      return;
    }
    try {
      await ready;
      const made = await perform(data);
      const value = made instanceof signet.KeyPair
        ? keep(made)
        : made?.keyPair ? { ...made, keyPair: keep(made.keyPair) } : made;
      post({ id, value }, value instanceof Uint8Array ? [value.buffer] : []);
    } catch (error) {
      const { code = 'internal', message, field } = error;
      post({ id, error: { code, message, field } });
    } finally {
      for (const name of SECRETS) if (argument?.[name] instanceof Uint8Array) argument[name].fill(0);
    }
  };
}
