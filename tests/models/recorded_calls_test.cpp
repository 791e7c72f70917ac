// SPDX-License-Identifier: Apache-2.0
#include "../../src/models/recorded_calls.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "../../src/models/recording.hpp"
#include "magicface/models/arithmetic.hpp"

namespace magicface::models {
namespace {

using Work = std::function<void()>;

/// Executes what it is given, or keeps it: as a device does.
struct Device {
  std::vector<Work>* kept = nullptr;
  int calls = 0, recordings = 0, replays = 0;

  void give(const Work& work) {
    if (kept != nullptr) return kept->push_back(work);
    work();
  }
};

class FakeRecording : public Recording {
 public:
  FakeRecording(Device& device, bool breaks) : device_(device), breaks_(breaks) {}
  void record(const Work& work) override {
    if (breaks_) throw std::runtime_error("operation not permitted when stream is capturing\nand its trace");
    ++device_.recordings;
    device_.kept = &works_;
    work();
    device_.kept = nullptr;
  }
  void replay() override {
    ++device_.replays;
    for (const auto& work : works_) work();
  }

 private:
  Device& device_;
  bool breaks_;
  std::vector<Work> works_;
};

class RecordedCallsTest : public testing::Test {
 protected:
  at::Tensor run(const at::Tensor& x, const std::vector<at::Tensor>& features) {
    return recorded_.run({x, features}, [this](const RecordedCalls::Inputs& inputs) {
      ++device_.calls;
      if (missing_ > 0 && missing_-- > 0) throw std::runtime_error("CUDA out of memory");
      const auto& given = std::get<at::Tensor>(inputs[0]);
      const auto& terms = std::get<std::vector<at::Tensor>>(inputs[1]);
      auto result = at::empty_like(given);
      device_.give([result, given, terms] { result.copy_(given * terms[0] + terms[1]); });
      return result;
    });
  }

  Device device_;
  bool breaks_ = false;
  int missing_ = 0;  ///< calls for which memory is missing
  RecordedCalls recorded_{[this] { return std::make_unique<FakeRecording>(device_, breaks_); }};
};

TEST_F(RecordedCallsTest, GivesWhatTheCallGives) {
  const std::vector<at::Tensor> first{at::randn({1, 3}), at::randn({1, 3})},
      second{at::randn({1, 3}), at::randn({1, 3})};
  std::vector<at::Tensor> results, expected;
  for (const auto& features : {first, first, second, second, first}) {
    const auto x = at::randn({2, 3});
    results.push_back(run(x, features));
    expected.push_back(x * features[0] + features[1]);
  }
  // Compared at the end: a later replay must not have written into an earlier result.
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_TRUE(at::equal(results[i], expected[i])) << i;
  EXPECT_EQ(device_.calls, 2);  // eager, then recorded
  EXPECT_EQ(device_.recordings, 1);
  EXPECT_EQ(device_.replays, 4);
}

TEST_F(RecordedCallsTest, RecordsEveryShapeByItself) {
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  for (int round = 0; round < 3; ++round) {
    for (const int rows : {1, 2, 4}) {
      const auto x = at::randn({rows, 3});
      EXPECT_TRUE(at::equal(run(x, features), x * features[0] + features[1]));
    }
  }
  EXPECT_EQ(device_.recordings, 3);
  EXPECT_EQ(device_.replays, 6);
}

TEST_F(RecordedCallsTest, ForgetsTheOldestShapes) {
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  for (const int rows : {1, 2, 3, 4, 5, 1}) run(at::randn({rows, 3}), features);
  EXPECT_EQ(device_.recordings, 0);
  run(at::randn({5, 3}), features);
  EXPECT_EQ(device_.recordings, 1);
}

TEST_F(RecordedCallsTest, AShapeThatFailedIsEagerTheNextTime) {
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  const auto x = at::randn({2, 3});
  missing_ = 1;
  EXPECT_THROW(run(x, features), std::runtime_error) << "there is nothing to give up";
  run(x, features);
  EXPECT_EQ(device_.recordings, 0);
  run(x, features);
  EXPECT_EQ(device_.recordings, 1);
}

TEST_F(RecordedCallsTest, GivesRecordingsUpForTheMemoryOfANewShape) {
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  const auto small = at::randn({2, 3}), large = at::randn({4, 3});
  for (int round = 0; round < 2; ++round) run(small, features);
  EXPECT_EQ(device_.recordings, 1);
  missing_ = 1;
  EXPECT_TRUE(at::equal(run(large, features), large * features[0] + features[1]));
  run(small, features);
  EXPECT_EQ(device_.recordings, 1) << "the small one begins anew";
}

TEST_F(RecordedCallsTest, GoesOnWithoutWhenRecordingFails) {
  breaks_ = true;
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  for (int round = 0; round < 3; ++round) {
    const auto x = at::randn({2, 3});
    EXPECT_TRUE(at::equal(run(x, features), x * features[0] + features[1]));
    breaks_ = round == 0;  // after the failure it would work, but isn't tried again
  }
  EXPECT_EQ(device_.calls, 3);
  EXPECT_EQ(device_.recordings, 0);
}

TEST_F(RecordedCallsTest, IsEagerForWhoCountsOperators) {
  const std::vector<at::Tensor> features{at::randn({1, 3}), at::randn({1, 3})};
  const FlopCounter counter;
  for (int round = 0; round < 3; ++round) run(at::randn({2, 3}), features);
  EXPECT_EQ(device_.calls, 3);
}

TEST(Recording, NeedsADeviceThatHasGraphs) {
  EXPECT_FALSE(can_record(at::kCPU));
  EXPECT_THROW(make_recording(at::kCPU), std::logic_error);
}

TEST(Recording, ReplaysOnTheDevice) {
  const at::Device device(at::kCUDA, 0);
  if (!at::hasCUDA() || at::getNumGPUs() == 0 || !can_record(device)) GTEST_SKIP() << "no CUDA device";
  const auto x = at::ones({64, 64}, device);
  const auto warm = x.matmul(x);
  at::Tensor result;
  const auto recording = make_recording(device);
  recording->record([&] { result = x.matmul(x); });
  for (const double value : {2.0, 3.0}) {
    x.fill_(value);
    recording->replay();
    EXPECT_TRUE(at::equal(result, warm * value * value));
  }
}

}  // namespace
}  // namespace magicface::models
