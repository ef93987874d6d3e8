// A certificate for tests: signed by itself, for localhost, valid for an hour.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace tenor::security {

struct CertificateFiles {
  std::string certificate, key;
};

struct CertificateParts {
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  template <class T>
  using Owned = std::unique_ptr<T, Free>;

  static void require(bool fine) {
    if (!fine) std::abort();
  }

  static Owned<std::FILE> create(const std::string& path) {
    Owned<std::FILE> file(std::fopen(path.c_str(), "w"));
    require(file != nullptr);
    return file;
  }
};

// Writes cert-NAME.pem and key-NAME.pem; a new key with every call. Aborts the test program where it cannot.
inline CertificateFiles write_certificate(const std::filesystem::path& folder, const std::string& name) {
  using Parts = CertificateParts;
  constexpr long kHour = 3600;
  const Parts::Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Parts::Owned<X509> certificate(X509_new());
  Parts::require(key && certificate);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  const Parts::Owned<X509_EXTENSION> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"));
  Parts::require(names != nullptr && X509_add_ext(certificate.get(), names.get(), -1) == 1);
  Parts::require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  CertificateFiles files{folder / ("cert-" + name + ".pem"), folder / ("key-" + name + ".pem")};
  Parts::require(PEM_write_X509(Parts::create(files.certificate).get(), certificate.get()) == 1);
  Parts::require(
      PEM_write_PrivateKey(Parts::create(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return files;
}

}  // namespace tenor::security
