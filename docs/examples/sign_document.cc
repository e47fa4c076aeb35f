// Signs one document, as a relying party does it: sign_document HOST:PORT DOCUMENT REQUEST_ID
#include <grpcpp/grpcpp.h>
#include <openssl/evp.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include "enkrat/v1/signing_service.grpc.pb.h"

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Sha256(const std::string& octets) {
  std::string digest(32, '\0');
  EVP_Q_digest(nullptr, "SHA256", nullptr, octets.data(), octets.size(),
               reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  // The certificate says which relying party we are.
  auto credentials = grpc::SslCredentials({.pem_root_certs = ReadFile("service-ca.pem"),
                                           .pem_private_key = ReadFile("portal.key"),
                                           .pem_cert_chain = ReadFile("portal.pem")});
  auto service = enkrat::v1::SigningService::NewStub(grpc::CreateChannel(argv[1], credentials));

  // What the person will be asked to authorise. Only the digest leaves this machine.
  enkrat::v1::SignRequest request;
  enkrat::v1::SigningIntent& intent = *request.mutable_intent();
  intent.set_request_id(argv[3]);  // a new UUID; keep it: a retry with it cannot sign twice
  intent.set_level(enkrat::v1::SIGNATURE_LEVEL_ADVANCED);
  intent.set_kind(enkrat::v1::SIGNATURE_KIND_SIGNATURE);
  enkrat::v1::Document& document = *intent.add_documents();
  document.set_label("Contract 2026/17");
  document.set_digest_algorithm(enkrat::v1::DIGEST_ALGORITHM_SHA256);
  document.set_digest(Sha256(ReadFile(argv[2])));

  // The nonce ties the login to exactly this request.
  enkrat::v1::ComputeBindingRequest question;
  *question.mutable_intent() = intent;
  enkrat::v1::ComputeBindingResponse binding;
  grpc::ClientContext binding_call;
  grpc::Status status = service->ComputeBinding(&binding_call, question, &binding);
  if (!status.ok()) {
    std::cerr << status.error_message() << "\n";
    return 1;
  }
  std::cout << "Log the person in with nonce=" << binding.nonce() << ", paste the ID token:\n";
  std::getline(std::cin, *request.mutable_assertion());

  request.set_format(enkrat::v1::SIGNATURE_FORMAT_CADES_B_T);
  enkrat::v1::SignResponse response;
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  status = service->Sign(&call, request, &response);
  if (!status.ok()) {
    std::cerr << status.error_message() << "\n";
    return 1;
  }
  std::ofstream(std::string(argv[2]) + ".p7s", std::ios::binary)
      << response.signatures(0).signature();
  std::cout << "Signed. The key is gone: " << response.destruction().confirmation() << "\n";
  return 0;
}
