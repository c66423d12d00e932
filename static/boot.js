// Starts the application without an inline script: trunk writes the hashed names into data attributes of this tag.

// Trusted Types: the loaders of the workers are the only script URLs that the page may start.
const workers = ['/crypto-worker_loader.js', '/examiner-worker_loader.js', '/tool-worker_loader.js'];
globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL: (url) => (workers.includes(url) ? url : null),
});

const tag = document.querySelector('script[data-wasm]');
const message = document.getElementById('start-message');

if (typeof WebAssembly === 'object') {
  try {
    // The Tools, the pages of the staff and those for smart cards are modules of their own.
    const others = [
      [/^\/tools(\/|$)/, 'toolbox'],
      [/^\/verifications(\/|$)/, 'staff-pages'],
      [/\/card\/?$/, 'card-pages'],
    ];
    const name = others.find(([path]) => path.test(location.pathname))?.[1];
    const [js, wasm] = name ? [`/${name}.js`, `/${name}_bg.wasm`] : [tag.dataset.js, tag.dataset.wasm];
    const module = fetch(wasm);
    const { default: init } = await import(js);
    await init({ module_or_path: module });
  } catch (error) {
    message.textContent = 'The application could not be loaded. Check your connection and reload the page.';
    throw error;
  }
} else {
  message.textContent = 'This browser has no WebAssembly, or it is switched off. Your keys are made here, in your '
    + 'browser, and that needs it. Use a current browser, or allow WebAssembly for this site.';
}
