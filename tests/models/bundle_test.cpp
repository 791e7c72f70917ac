// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/bundle.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "example_manifest.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/models/network.hpp"

namespace magicface::models {
namespace {
namespace fs = std::filesystem;

/// A folder whose four module files hold "abc", with the hash of that.
class BundleFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("magicface_bundle_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    auto manifest = example_manifest();
    for (auto& [name, module] : manifest["modules"].items()) {
      module["sha256"] = sha256_of_bytes("abc", 3);
      write(module["file"], "abc");
    }
    write("bundle.json", manifest.dump());
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  std::string refusal(const std::string& module) const {
    try {
      Bundle(folder_).verified_file(module);
    } catch (const BundleError& problem) {
      return problem.what();
    }
    return "accepted";
  }
  fs::path folder_;
};

TEST_F(BundleFolder, GivesFilesWhoseHashIsRight) {
  const Bundle bundle(folder_);
  EXPECT_EQ(bundle.verified_file("denoiser"), folder_ / "n.pt");
  EXPECT_EQ(bundle.label(), "example@1.2");
}

TEST_F(BundleFolder, RefusesChangedTruncatedAndMissingFiles) {
  write("n.pt", "abd");
  EXPECT_NE(refusal("denoiser").find("expected sha256"), std::string::npos);
  write("n.pt", "ab");
  EXPECT_NE(refusal("denoiser").find("expected 3 bytes, got 2"), std::string::npos);
  fs::remove(folder_ / "n.pt");
  EXPECT_NE(refusal("denoiser").find("module 'denoiser'"), std::string::npos);
  EXPECT_EQ(refusal("vae_encoder"), "accepted");
}

TEST_F(BundleFolder, SaysWhichModuleAJobMisses) {
  EXPECT_NE(refusal("face_parser").find("no module 'face_parser'"), std::string::npos);
}

TEST_F(BundleFolder, VerifyReportsEveryFile) {
  write("e.pt", "xyz");
  std::size_t bad = 0;
  const auto checks = verify(Bundle(folder_));
  for (const auto& check : checks) bad += check.problem.has_value() ? 1 : 0;
  EXPECT_EQ(checks.size(), 4U);
  EXPECT_EQ(bad, 1U);
}

TEST_F(BundleFolder, IsFoundByPathAndByEnvironment) {
  EXPECT_EQ(find_bundle(folder_.string()), folder_);
  ::setenv("MAGICFACE_BUNDLE", folder_.c_str(), 1);
  EXPECT_EQ(find_bundle(std::nullopt), folder_);
  ::unsetenv("MAGICFACE_BUNDLE");
  EXPECT_THROW(find_bundle("no-such-bundle"), BundleError);
}

TEST_F(BundleFolder, AFileThatIsNoTorchScriptIsABundleError) {
  EXPECT_THROW(Network("denoiser", folder_ / "n.pt", {}), BundleError);
}

}  // namespace
}  // namespace magicface::models
