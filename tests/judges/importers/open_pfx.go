// Opens PFX files with a library of Go: golang.org/x/crypto/pkcs12, or with the argument sslmate go-pkcs12.
// A line that comes in is a file and its password with a tab between; an answer is a line of JSON.
// With a third field go-pkcs12 writes what it opened into a PFX of that name, under the same password.
package main

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"strings"

	"golang.org/x/crypto/pkcs12"
	sslmate "software.sslmate.com/src/go-pkcs12"
)

type answer struct {
	Certificates [][]byte `json:"certificates,omitempty"`
	KeyFits      bool     `json:"key_fits"`
	FriendlyName string   `json:"friendly_name,omitempty"`
	Refused      string   `json:"refused,omitempty"`
}

func main() {
	open := openFrozen
	if len(os.Args) > 1 && os.Args[1] == "sslmate" {
		open = openSslmate
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := append(strings.Split(lines.Text(), "\t"), "")
		pfx, err := os.ReadFile(fields[0])
		if err != nil {
			panic(err)
		}
		answered, err := open(pfx, fields[1], fields[2])
		if err != nil {
			answered = answer{Refused: err.Error()}
		}
		if err := json.NewEncoder(os.Stdout).Encode(answered); err != nil {
			panic(err)
		}
	}
}

// x/crypto/pkcs12, which its authors froze: all bags, as PEM blocks.
func openFrozen(pfx []byte, password, _ string) (answer, error) {
	blocks, err := pkcs12.ToPEM(pfx, password)
	if err != nil {
		return answer{}, err
	}
	var opened answer
	var leaf *x509.Certificate
	var key crypto.Signer
	for _, block := range blocks {
		if block.Type == "CERTIFICATE" {
			opened.Certificates = append(opened.Certificates, block.Bytes)
			if block.Headers["localKeyId"] != "" {
				if leaf, err = x509.ParseCertificate(block.Bytes); err != nil {
					return answer{}, err
				}
				opened.FriendlyName = block.Headers["friendlyName"]
			}
		} else if key, err = parseKey(block); err != nil {
			return answer{}, err
		}
	}
	opened.KeyFits = fits(key, leaf)
	return opened, nil
}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	return nil, errors.New("the private key cannot be read")
}

func openSslmate(pfx []byte, password, exported string) (answer, error) {
	key, leaf, chain, err := sslmate.DecodeChain(pfx, password)
	if err != nil {
		return answer{}, err
	}
	if exported != "" {
		if pfx, err = sslmate.Encode(rand.Reader, key, leaf, chain, password); err == nil {
			err = os.WriteFile(exported, pfx, 0o600)
		}
		if err != nil {
			return answer{}, err
		}
	}
	opened := answer{Certificates: [][]byte{leaf.Raw}}
	for _, certificate := range chain {
		opened.Certificates = append(opened.Certificates, certificate.Raw)
	}
	signer, _ := key.(crypto.Signer)
	opened.KeyFits = fits(signer, leaf)
	return opened, nil
}

func fits(key crypto.Signer, leaf *x509.Certificate) bool {
	if key == nil || leaf == nil {
		return false
	}
	public, comparable := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return comparable && public.Equal(leaf.PublicKey)
}
