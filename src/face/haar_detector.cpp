// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <string>

#include "detector_parts.hpp"
#include "magicface/core/error.hpp"
#include "magicface/face/detector.hpp"

namespace magicface::face {
namespace {

// Medians of YuNet's box against the cascade's square for the same face, over 211 rendered portraits of 176 x 176 (10th
// and 90th percentile): width 0.90 of the square's (0.84, 0.99), which is kHaarWidthFactor; on a photograph 1.06. The
// centres agree: 0.00 of the side apart in both directions (-0.07, 0.07 across; -0.03, 0.05 down).
constexpr double kHeightOverWidth = 1.27;  // (1.21, 1.32)

/// Where opencv-data puts its cascades on Debian and Ubuntu, and where `make install` of OpenCV does.
std::filesystem::path installed_cascade() {
  const std::filesystem::path name = "haarcascades/haarcascade_frontalface_default.xml";
  const std::filesystem::path usual = "/usr/share/opencv4" / name;
  for (const std::filesystem::path folder : {"/usr/share/opencv4", "/usr/local/share/opencv4", "/usr/share/opencv"}) {
    std::error_code failure;
    if (std::filesystem::is_regular_file(folder / name, failure)) return folder / name;
  }
  return usual;
}

class HaarDetector final : public FaceDetector {
 public:
  HaarDetector(const std::filesystem::path& file, double width_factor) : width_factor_(width_factor) {
    if (!(width_factor > 0)) {
      throw BundleError("face detector: expected a positive width factor, got " + std::to_string(width_factor));
    }
    require_file(file, "face cascade");
    try {
      if (!cascade_.load(file.string())) CV_Error(cv::Error::StsParseError, "no cascade in this file");
    } catch (const cv::Exception& failure) {
      refuse_file(file, "face cascade", failure);
    }
  }

  std::vector<Face> detect(const cv::Mat& rgb) const override {
    check_searchable(rgb);
    constexpr int kLongSide = 640;
    const double scale = std::min(1.0, static_cast<double>(kLongSide) / std::max(rgb.cols, rgb.rows));
    cv::Mat grey;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    cv::resize(grey, grey, {}, scale, scale, cv::INTER_AREA);
    std::vector<cv::Rect> squares;
    std::vector<int> votes;
    {
      const std::lock_guard lock(one_at_a_time_);
      cascade_.detectMultiScale(grey, squares, votes, 1.1, 5, 0, {24, 24});
    }
    std::vector<Face> faces;
    for (std::size_t i = 0; i < squares.size(); ++i) faces.push_back(face_of(squares[i], votes[i], 1 / scale));
    return left_to_right(std::move(faces));
  }

 private:
  Face face_of(const cv::Rect& square, int votes, double scale) const {
    const double width = square.width * scale * width_factor_;
    const double height = width * kHeightOverWidth;
    const double cx = (square.x + square.width / 2.0) * scale;
    const double cy = (square.y + square.height / 2.0) * scale;
    Face face;
    face.box = cv::Rect2d(cx - width / 2, cy - height / 2, width, height);
    face.score = static_cast<float>(votes) / static_cast<float>(votes + 5);
    return face;
  }

  double width_factor_;
  mutable cv::CascadeClassifier cascade_;
  mutable std::mutex one_at_a_time_;  // the cascade keeps its feature buffers
};

}  // namespace

std::unique_ptr<FaceDetector> make_haar_detector(const std::filesystem::path& cascade, double width_factor) {
  return std::make_unique<HaarDetector>(cascade.empty() ? installed_cascade() : cascade, width_factor);
}

}  // namespace magicface::face
