// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <mutex>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <string>

#include "detector_parts.hpp"
#include "magicface/face/detector.hpp"

namespace magicface::face {
namespace {

constexpr float kScoreThreshold = 0.6F;
constexpr float kOverlapThreshold = 0.3F;
constexpr int kCandidates = 5000;
constexpr int kSmallestPicture = 16;  // no face fits into less; what it "finds" there is noise
constexpr int kStride = 64;           // of the coarsest of the network's outputs; smaller inputs would leave it empty

class YunetDetector final : public FaceDetector {
 public:
  explicit YunetDetector(const std::filesystem::path& onnx) {
    require_file(onnx, "face detector");
    try {
      network_ =
          cv::FaceDetectorYN::create(onnx.string(), "", {320, 320}, kScoreThreshold, kOverlapThreshold, kCandidates);
      // A file for another OpenCV loads, and fails in its first search.
      search(cv::Mat::zeros(kStride * 5, kStride * 5, CV_8UC3), 320);
    } catch (const cv::Exception& failure) {
      refuse_file(onnx, "face detector", failure);
    }
  }

  std::vector<Face> detect(const cv::Mat& rgb) const override {
    check_searchable(rgb);
    if (std::min(rgb.cols, rgb.rows) < kSmallestPicture) return {};
    const int side = std::max(rgb.cols, rgb.rows);
    std::vector<int> sides{std::min(side, 640)};
    if (sides[0] != 320) sides.push_back(320);
    if (side > 640) sides.push_back(std::min(side, 1280));
    for (const int long_side : sides) {
      auto faces = search(rgb, long_side);
      if (faces.empty()) continue;
      for (Face& face : faces) refine(rgb, face);
      return left_to_right(std::move(faces));
    }
    return {};
  }

  std::vector<Face> glance(const cv::Mat& rgb) const override {
    check_searchable(rgb);
    if (std::min(rgb.cols, rgb.rows) < kSmallestPicture) return {};
    return left_to_right(search(rgb, std::max(rgb.cols, rgb.rows)));
  }

 private:
  /// One search's box depends on the picture's resolution: its width is drawn to the network's anchors and swings by a
  /// fifth between them (sample portrait: 221 to 314 pixels). The mean over searches that spread the face's size over
  /// one octave, the anchors' period, doesn't.
  void refine(const cv::Mat& rgb, Face& face) const {
    constexpr double kSurroundings = 3;  // sides of the face, so that the network sees the head
    const double reach = kSurroundings / 2 * std::max(face.box.width, face.box.height);
    const cv::Point2d middle = (face.box.tl() + face.box.br()) * 0.5F;
    const cv::Rect area = cv::Rect(cv::Point(cvFloor(middle.x - reach), cvFloor(middle.y - reach)),
                                   cv::Point(cvCeil(middle.x + reach), cvCeil(middle.y + reach))) &
                          cv::Rect({0, 0}, rgb.size());
    if (area.empty() || !(face.box.width >= 1)) return;
    cv::Vec4f box;
    FivePoints points{};
    int found = 0;
    for (const double width : {80.0, 95.0, 113.0, 135.0}) {
      const double long_side = std::max(area.width, area.height) * width / face.box.width;
      for (const Face& again : search(rgb(area), cvRound(std::max(1.0, long_side)))) {
        const cv::Point2f shift(static_cast<float>(area.x), static_cast<float>(area.y));
        const cv::Rect2f moved = again.box + shift;
        const float shared = (moved & face.box).area();
        if (shared < 0.5F * std::max(moved.area(), face.box.area())) continue;  // a neighbour
        box += cv::Vec4f(moved.x, moved.y, moved.width, moved.height);
        for (std::size_t p = 0; p < points.size(); ++p) points[p] += again.points[p] + shift;
        ++found;
      }
    }
    if (found == 0) return;
    box *= 1.0F / static_cast<float>(found);
    face.box = {box[0], box[1], box[2], box[3]};
    for (std::size_t p = 0; p < points.size(); ++p) face.points[p] = points[p] / static_cast<float>(found);
  }

  std::vector<Face> search(const cv::Mat& rgb, int long_side) const {
    const double scale = static_cast<double>(long_side) / std::max(rgb.cols, rgb.rows);
    const cv::Size size(std::max(1, cvRound(rgb.cols * scale)), std::max(1, cvRound(rgb.rows * scale)));
    cv::Mat small;
    cv::resize(rgb, small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::cvtColor(small, small, cv::COLOR_RGB2BGR);
    const auto missing = [](int length) { return (kStride - length % kStride) % kStride; };
    cv::copyMakeBorder(small, small, 0, missing(size.height), 0, missing(size.width), cv::BORDER_CONSTANT);
    cv::Mat rows;
    {
      const std::lock_guard lock(one_at_a_time_);
      network_->setInputSize(small.size());
      network_->detect(small, rows);
    }
    const auto sx = static_cast<float>(static_cast<double>(rgb.cols) / size.width);
    const auto sy = static_cast<float>(static_cast<double>(rgb.rows) / size.height);
    std::vector<Face> faces;
    for (int i = 0; i < rows.rows; ++i) faces.push_back(face_of(rows.ptr<float>(i), sx, sy));
    return faces;
  }

  /// x, y, w, h, five points, score. The person's right eye lies left in the picture: the order is ours already.
  static Face face_of(const float* row, float sx, float sy) {
    Face face;
    face.box = {row[0] * sx, row[1] * sy, row[2] * sx, row[3] * sy};
    for (std::size_t p = 0; p < face.points.size(); ++p) face.points[p] = {row[4 + 2 * p] * sx, row[5 + 2 * p] * sy};
    face.score = row[14];
    face.has_points = true;
    return face;
  }

  cv::Ptr<cv::FaceDetectorYN> network_;
  mutable std::mutex one_at_a_time_;  // the network keeps its input size and its buffers
};

}  // namespace

std::unique_ptr<FaceDetector> make_yunet_detector(const std::filesystem::path& onnx) {
  return std::make_unique<YunetDetector>(onnx);
}

}  // namespace magicface::face
