"""Opens PFX files with Thunderbird itself, without a window.

A line that comes in is a file and its password with a tab between; an answer is a line of JSON. With a third field
Thunderbird writes what it opened into a PFX of that name, under the same password.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from marionette_driver.marionette import Marionette

PREFERENCES = """
user_pref("marionette.port", %d);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.rights.version", 1);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.allow_hijacking_localhost", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("security.OCSP.enabled", 0);
"""

# Everything that is no built-in root goes first, so that nothing of the file before is taken for this one's.
SCRIPT = """
const [path, password, exported, resolve] = arguments;
const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
const file = name => {
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(name);
  return file;
};
const imported = () => database.getCerts().filter(certificate => certificate.tokenName !== "Builtin Object Token");
try {
  imported().forEach(certificate => database.deleteCertificate(certificate));
  if (imported().length) throw new Error("certificates of the file before are still there");
  const code = database.importPKCS12File(file(path), password);
  if (code) {
    resolve({ refused: "importPKCS12File gave " + code });
  } else {
    const own = imported().filter(certificate => certificate.certType & Ci.nsIX509Cert.USER_CERT);
    if (exported) {
      const failed = database.exportPKCS12File(file(exported), own, password);
      if (failed) throw new Error("exportPKCS12File gave " + failed);
    }
    resolve({
      certificates: imported().map(certificate => certificate.getBase64DERString()),
      key_fits: own.length === 1,
    });
  }
} catch (error) {
  resolve({ refused: String(error) });
}
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect(thunderbird, port):
    session = Marionette(host="127.0.0.1", port=port)
    for _ in range(120):
        if thunderbird.poll() is not None:
            sys.exit(f"Thunderbird ended with {thunderbird.returncode} before anybody could ask it")
        try:
            session.start_session()
        except OSError:
            time.sleep(0.5)
        else:
            return session
    sys.exit("Thunderbird did not answer within a minute")


def answer_questions(session):
    session.set_context("chrome")
    session.timeout.script = 60
    for line in sys.stdin:
        path, password, *exported = line.rstrip("\n").split("\t")
        arguments = (path, password, exported[0] if exported else None)
        print(json.dumps(session.execute_async_script(SCRIPT, script_args=arguments)), flush=True)


def main():
    home = tempfile.mkdtemp(prefix="thunderbird-")
    profile = os.path.join(home, "profile")
    os.mkdir(profile)
    port = free_port()
    with open(os.path.join(profile, "user.js"), "w", encoding="utf-8") as preferences:
        preferences.write(PREFERENCES % port)
    with open(os.path.join(home, "log"), "wb") as log:
        thunderbird = subprocess.Popen(
            ["thunderbird", "--headless", "--no-remote", "--marionette", "-remote-allow-system-access", "--profile", profile],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "HOME": home, "MOZ_HEADLESS": "1"},
            start_new_session=True,
        )
    try:
        answer_questions(connect(thunderbird, port))
    finally:
        # The whole group: Thunderbird is several processes.
        os.killpg(thunderbird.pid, signal.SIGKILL)
        thunderbird.wait()
        shutil.rmtree(home, ignore_errors=True)


main()
