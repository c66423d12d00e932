import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/**
 * Opens PFX files with a key store of Java: its own, which keytool uses, or with the argument {@code BC} that of Bouncy Castle.
 * A line that comes in is a file and its password with a tab between; an answer is a line of JSON.
 * With a third field what was opened is written into a PFX of that name, under the same password.
 */
public final class KeyStores {
    public static void main(String[] arguments) throws Exception {
        boolean bouncyCastle = arguments.length > 0 && arguments[0].equals("BC");
        Provider provider = null;
        if (bouncyCastle) {
            provider = (Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider")
                .getDeclaredConstructor().newInstance();
            Security.addProvider(provider);
        }
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] question = line.split("\t");
            String answer;
            try {
                char[] password = question[1].toCharArray();
                KeyStore store = load(question[0], password, provider);
                if (question.length > 2) {
                    export(store, question[2], password, provider);
                }
                answer = description(store, password, provider);
            } catch (Exception error) {
                answer = "{\"refused\":" + quoted(causes(error)) + "}";
            }
            answers.println(answer);
        }
    }

    private static KeyStore newStore(Provider provider) throws Exception {
        return provider == null ? KeyStore.getInstance("PKCS12") : KeyStore.getInstance("PKCS12", provider);
    }

    private static KeyStore load(String file, char[] password, Provider provider) throws Exception {
        KeyStore store = newStore(provider);
        try (InputStream pfx = new FileInputStream(file)) {
            store.load(pfx, password);
        }
        return store;
    }

    /** Copies the entries into a new store, so that nothing of the opened file is written again as it was. */
    private static void export(KeyStore store, String file, char[] password, Provider provider) throws Exception {
        KeyStore copy = newStore(provider);
        copy.load(null, password);
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                copy.setKeyEntry(alias, store.getKey(alias, password), password, store.getCertificateChain(alias));
            }
        }
        try (OutputStream pfx = new FileOutputStream(file)) {
            copy.store(pfx, password);
        }
    }

    private static String description(KeyStore store, char[] password, Provider provider) throws Exception {
        List<String> certificates = new ArrayList<>();
        boolean keyFits = false;
        String name = "";
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                Certificate[] chain = store.getCertificateChain(alias);
                for (Certificate certificate : chain) {
                    certificates.add(quoted(Base64.getEncoder().encodeToString(certificate.getEncoded())));
                }
                keyFits = fits((PrivateKey) store.getKey(alias, password), chain[0], provider);
                name = alias;
            }
        }
        return "{\"certificates\":[" + String.join(",", certificates) + "],\"key_fits\":" + keyFits
            + ",\"friendly_name\":" + quoted(name) + "}";
    }

    /** Whether the certificate's public key verifies what the private key signs. */
    private static boolean fits(PrivateKey key, Certificate certificate, Provider provider) throws Exception {
        String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        Signature signature =
            provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
        byte[] message = {1, 2, 3};
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(message);
        return signature.verify(signed);
    }

    private static String causes(Throwable error) {
        return error.getCause() == null ? error.toString() : error + ": " + causes(error.getCause());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\' || character < ' ') {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }
}
