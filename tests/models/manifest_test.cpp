// SPDX-License-Identifier: Apache-2.0
#include "magicface/models/manifest.hpp"

#include <gtest/gtest.h>

#include "example_manifest.hpp"
#include "magicface/core/error.hpp"

namespace magicface::models {
namespace {

std::string complaint_about(const nlohmann::json& manifest) {
  try {
    parse_manifest(manifest.dump(), "bundle.json");
  } catch (const BundleError& problem) {
    return problem.what();
  }
  return "no complaint";
}

TEST(Manifest, ReadsAValidOne) {
  const auto manifest = parse_manifest(example_manifest().dump(), "bundle.json");
  EXPECT_EQ(manifest.name, "example");
  EXPECT_EQ(manifest.au.names, (std::vector<std::string>{"AU1", "AU12"}));
  EXPECT_EQ(manifest.latent.scaling_factor, 0.5);
  EXPECT_EQ(manifest.modules.at("denoiser").file.file, "n.pt");
  EXPECT_FALSE(manifest.condition.has_value()) << "a bundle without face modules is valid";
  EXPECT_EQ(manifest.attribute_controller_scale, 1);
}

TEST(Manifest, SaysWhichFieldIsMissing) {
  const auto whole = example_manifest();
  for (const auto& [key, ignored] : whole.items()) {
    auto manifest = whole;
    manifest.erase(key);
    const auto complaint = complaint_about(manifest);
    EXPECT_NE(complaint.find("'" + key + "'"), std::string::npos) << key << ": " << complaint;
    EXPECT_TRUE(complaint.starts_with("bundle.json: ")) << complaint;
  }
}

nlohmann::json example_condition() {
  return {{"classes", {"background", "skin"}},
          {"blanked", {"skin"}},
          {"dilation", 0},
          {"contour_points", 17},
          {"colours", std::vector<std::vector<int>>(17, {1, 2, 3})},
          {"radius", 1},
          {"canvas", 100},
          {"template", {{30, 40}, {70, 40}, {50, 60}, {35, 80}, {65, 80}}}};
}

TEST(Manifest, RefusesATemplateThatIsNoFace) {
  auto manifest = example_manifest();
  manifest["condition"] = example_condition();
  EXPECT_EQ(complaint_about(manifest), "no complaint");
  for (int i = 0; i < 5; ++i) manifest["condition"]["template"][i] = {50, 50};
  EXPECT_NE(complaint_about(manifest).find("condition.template: expected points of a face"), std::string::npos);
  manifest["condition"] = example_condition();
  manifest["condition"]["template"][2] = {50, 6000};
  EXPECT_NE(complaint_about(manifest).find("condition.template[2][1]: expected a number"), std::string::npos);
}

TEST(Manifest, RefusesMoreClassesThanABytesWorth) {
  auto manifest = example_manifest();
  manifest["condition"] = example_condition();
  for (int i = 2; i < 257; ++i) manifest["condition"]["classes"].push_back("class" + std::to_string(i));
  EXPECT_NE(complaint_about(manifest).find("expected at most 256 classes"), std::string::npos);
}

TEST(Manifest, RefusesTwoDetectorsForOneOpenCV) {
  auto manifest = example_manifest();
  const nlohmann::json file = {{"file", "a.onnx"}, {"sha256", std::string(64, 'a')}, {"bytes", 1}, {"opencv", "<4.8"}};
  manifest["modules"]["face_detector"] = {{"files", {file, file}}};
  EXPECT_NE(complaint_about(manifest).find("files[1].opencv: expected each range once"), std::string::npos);
}

TEST(Manifest, RefusesToNestWithoutEnd) {
  const auto deep = "{\"source\": " + std::string(300000, '[') + std::string(300000, ']') + "}";
  EXPECT_THROW(parse_manifest(deep, "bundle.json"), BundleError);
}

TEST(Manifest, SaysPathExpectedAndActual) {
  auto manifest = example_manifest();
  manifest["schedule"]["beta_schedule"] = "cosine";
  EXPECT_EQ(complaint_about(manifest),
            "bundle.json: schedule.beta_schedule: expected one of scaled_linear, linear, got \"cosine\"");
  manifest = example_manifest();
  manifest["latent"]["factor"] = "eight";
  EXPECT_EQ(complaint_about(manifest),
            "bundle.json: latent.factor: expected a whole number from 1 to 64, got \"eight\"");
}

TEST(Manifest, ZerosAskForAnyExpressionUnlessItSaysOtherwise) {
  auto manifest = example_manifest();
  EXPECT_FALSE(parse_manifest(manifest.dump(), "bundle.json").au.zero_keeps_expression);
  manifest["au"]["zero_keeps_expression"] = true;
  EXPECT_TRUE(parse_manifest(manifest.dump(), "bundle.json").au.zero_keeps_expression);
  manifest["au"]["zero_keeps_expression"] = "yes";
  EXPECT_EQ(complaint_about(manifest), "bundle.json: au.zero_keeps_expression: expected true or false, got \"yes\"");
}

TEST(Manifest, HowSamplingBeginsMayBeLeftOut) {
  auto manifest = example_manifest();
  auto parsed = parse_manifest(manifest.dump(), "bundle.json");
  EXPECT_EQ(parsed.schedule.timestep_spacing, "leading");
  EXPECT_EQ(parsed.schedule.timestep_shift, 1);
  EXPECT_EQ(parsed.defaults.noise_scale, 1);
  manifest["schedule"]["timestep_spacing"] = "trailing";
  manifest["schedule"]["timestep_shift"] = 3;
  manifest["defaults"]["noise_scale"] = 0.5;
  parsed = parse_manifest(manifest.dump(), "bundle.json");
  EXPECT_EQ(parsed.schedule.timestep_spacing, "trailing");
  EXPECT_EQ(parsed.schedule.timestep_shift, 3);
  EXPECT_EQ(parsed.defaults.noise_scale, 0.5);
  manifest["schedule"].erase("timestep_spacing");
  EXPECT_EQ(complaint_about(manifest),
            "bundle.json: schedule.timestep_shift: expected 1 (timestep_spacing is leading), got 3");
  manifest["schedule"]["timestep_spacing"] = "linspace";
  EXPECT_EQ(complaint_about(manifest),
            "bundle.json: schedule.timestep_spacing: expected one of leading, trailing, got \"linspace\"");
}

TEST(Manifest, RefusesOtherFormatsAndKinds) {
  auto manifest = example_manifest();
  manifest["format"] = 2;
  EXPECT_NE(complaint_about(manifest).find("format: expected 1"), std::string::npos);
  manifest = example_manifest();
  manifest["kind"] = "fadm";
  EXPECT_NE(complaint_about(manifest).find("kind: expected one of magicface"), std::string::npos);
}

TEST(Manifest, NeverLeavesItsFolder) {
  for (const char* file : {"../e.pt", "/etc/passwd", "a/b.pt", "..", ""}) {
    auto manifest = example_manifest();
    manifest["modules"]["vae_encoder"]["file"] = file;
    EXPECT_NE(complaint_about(manifest).find("modules.vae_encoder.file"), std::string::npos) << file;
  }
}

TEST(Manifest, ChecksHashSpellingAndSizes) {
  auto manifest = example_manifest();
  manifest["modules"]["denoiser"]["sha256"] = "abc";
  EXPECT_NE(complaint_about(manifest).find("modules.denoiser.sha256"), std::string::npos);
  manifest = example_manifest();
  manifest["image_size"] = 100;
  EXPECT_NE(complaint_about(manifest).find("image_size: expected a multiple of size_multiple"), std::string::npos);
}

TEST(Manifest, BlankedClassesMustBeNamed) {
  auto manifest = example_manifest();
  manifest["condition"] = {{"classes", {"background", "skin"}}, {"blanked", {"nose"}}};
  EXPECT_NE(complaint_about(manifest).find("condition.blanked[0]: expected one of condition.classes"),
            std::string::npos);
}

TEST(Manifest, SurvivesAnythingThatIsNotAManifest) {
  for (const char* text : {"", "{", "[]", "null", "3", "{\"format\": true}", "\xff\xfe"}) {
    EXPECT_THROW(parse_manifest(text, "bundle.json"), BundleError) << text;
  }
}

}  // namespace
}  // namespace magicface::models
