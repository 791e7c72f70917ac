// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/output_plan.hpp"

#include <gtest/gtest.h>

#include "magicface/core/error.hpp"

namespace magicface::app {
namespace {

const OutputKey kKey{"faces/anna.jpg", "AU4-6_AU12+2.5", 424, 1, 1};

TEST(OutputPlan, NamesByStemAndEditInTheInputsFormat) {
  const auto outputs = plan_outputs({kKey}, {});
  EXPECT_EQ(outputs[0].path, "anna_AU4-6_AU12+2.5.jpg");
  EXPECT_EQ(outputs[0].format, image::Format::jpg);
}

TEST(OutputPlan, FillsEveryField) {
  OutputOptions options;
  options.out = "made";
  options.pattern = "{index}-{stem}-{edit}-{seed}-{face}";
  options.format = image::Format::png;
  EXPECT_EQ(plan_outputs({kKey}, options)[0].path, "made/1-anna-AU4-6_AU12+2.5-424-1.png");
}

TEST(OutputPlan, APicturesNameIsForOneOutput) {
  OutputOptions options;
  options.out = "made/result.webp";
  EXPECT_EQ(plan_outputs({kKey}, options)[0].format, image::Format::webp);
  auto other = kKey;
  other.edit = "AU1+1";
  EXPECT_THROW(plan_outputs({kKey, other}, options), UsageError);
}

TEST(OutputPlan, FindsCollisionsBeforeAnythingRuns) {
  auto other = kKey;
  other.input = "elsewhere/anna.jpg";
  EXPECT_THROW(plan_outputs({kKey, other}, {}), UsageError);
}

TEST(OutputPlan, RefusesUnknownFieldsAndFolders) {
  for (const char* pattern : {"{name}", "{stem", "", "a/b"}) {
    OutputOptions options;
    options.pattern = pattern;
    EXPECT_THROW(plan_outputs({kKey}, options), UsageError) << pattern;
  }
}

TEST(OutputPlan, FormatAndNameMustAgree) {
  OutputOptions options;
  options.out = "result.png";
  options.format = image::Format::jpg;
  EXPECT_THROW(plan_outputs({kKey}, options), UsageError);
}

TEST(OutputNames, AJobsLineMayNameItsOutput) {
  OutputOptions options;
  options.out = "made";
  OutputNames names(options);
  EXPECT_EQ(names.name(kKey, "x/smile").path, "made/x/smile.jpg") << "the input's format";
  const auto webp = names.name(kKey, "x/{seed}.webp");
  EXPECT_EQ(webp.path, "made/x/424.webp");
  EXPECT_EQ(webp.format, image::Format::webp);
  EXPECT_EQ(names.name(kKey).path, "made/anna_AU4-6_AU12+2.5.jpg");
  EXPECT_THROW(names.name(kKey, "folder/"), UsageError);
  options.format = image::Format::png;
  EXPECT_THROW(OutputNames(options).name(kKey, "a.webp"), UsageError);
}

TEST(OutputNames, ANameStaysBelowTheFolder) {
  const OutputKey dots{"faces/...png", "..", 424, 1, 1};
  OutputOptions options;
  for (const char* pattern : {"../x.png", "/tmp/x.png", "a/../../x.png", "{stem}/x.png", "a/{edit}/{edit}/x.png"})
    EXPECT_THROW(OutputNames(options).name(dots, pattern), UsageError) << pattern;
  EXPECT_EQ(OutputNames(options).name(dots, "..x/y.png").path, "..x/y.png");
  options.allow_outside = true;
  EXPECT_EQ(OutputNames(options).name(dots, "{stem}/x.png").path, "../x.png");
}

TEST(OutputNames, ANameIsTakenOnceHoweverItIsSpelled) {
  OutputNames names({});
  names.take("x/smile.jpg", "a.png");
  EXPECT_THROW(names.take("x/../x/smile.jpg", "b.png"), UsageError);
  EXPECT_THROW(names.take(std::filesystem::absolute("x/smile.jpg"), "--grid"), UsageError);
}

}  // namespace
}  // namespace magicface::app
