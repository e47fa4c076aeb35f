// The whole program in this process over a scratch SoftHSM, for the tests of `enkrat init` and
// `enkrat doctor`.
#ifndef ENKRAT_TESTS_UNIT_CLI_CEREMONY_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_CLI_CEREMONY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/softhsm_token.h"

namespace enkrat::cli {

class CeremonyTest : public ::testing::Test {
 protected:
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(), "enkrat");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return RunProgram(static_cast<int>(argv.size()), argv.data(), out_, err_, /*terminal=*/false);
  }
  std::string Out() const { return out_.str(); }
  std::string Err() const { return err_.str(); }
  nlohmann::json Json() const { return nlohmann::json::parse(Out()); }

  std::string Path(const std::string& name) const { return folder_.File("enkrat/" + name); }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  void Replace(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = Read(name);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    Write(name, text.replace(at, from.size(), to));
  }
  std::map<std::string, std::string> AllFiles() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Path(""))) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << file.rdbuf();
      files[entry.path().string()] = text.str();
    }
    return files;
  }
  unsigned Mode(const std::string& name) const {
    return static_cast<unsigned>(std::filesystem::status(Path(name)).permissions());
  }

  std::vector<std::string> Init(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"init",
                                          "--dir",
                                          Path(""),
                                          "--module",
                                          testing::SoftHsmDirectory::ModulePath(),
                                          "--organization",
                                          "Test d.o.o.",
                                          "--country",
                                          "SI"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::vector<std::string> Doctor() const {
    return {"--json", "doctor", "--config", Path("config.yaml")};
  }

 private:
  testing::SoftHsmDirectory hsm_;
  testing::ScratchFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_CEREMONY_FIXTURE_H_
