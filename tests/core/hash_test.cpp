// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/hash.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

// FIPS 180-4's example "abc" and the empty message.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256_of_bytes("abc", 3), kAbc);
  EXPECT_EQ(sha256_of_bytes("", 0), kEmpty);
}

TEST(Sha256, OfAFileIsThatOfItsBytesAcrossSlices) {
  const auto file = std::filesystem::temp_directory_path() / "magicface_hash_test.bin";
  const std::string bytes(3'000'000, 'x');
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_EQ(sha256_of_file(file), sha256_of_bytes(bytes.data(), bytes.size()));
  std::filesystem::remove(file);
}

TEST(Sha256, NamesAFileThatIsMissing) {
  try {
    sha256_of_file("no/such/file");
    FAIL() << "expected an Error";
  } catch (const Error& problem) {
    EXPECT_NE(std::string(problem.what()).find("no/such/file"), std::string::npos);
  }
}

}  // namespace
}  // namespace magicface
