// SPDX-License-Identifier: Apache-2.0
#include "magicface/face/condition.hpp"

#include <algorithm>
#include <complex>
#include <opencv2/imgproc.hpp>
#include <string>

#include "jaw.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"
#include "magicface/face/crop.hpp"

namespace magicface::face {

cv::Matx23d similarity(const FivePoints& from, const FiveTemplate& to) {
  // As complex numbers a similarity is q = a p + b; least squares over centred points gives a = sum(conj(p) q) /
  // sum|p|^2.
  using Complex = std::complex<double>;
  Complex from_mean;
  Complex to_mean;
  for (std::size_t i = 0; i < from.size(); ++i) {
    from_mean += Complex(from[i].x, from[i].y) / 5.0;
    to_mean += Complex(to[i].x, to[i].y) / 5.0;
  }
  Complex product;
  double energy = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Complex p = Complex(from[i].x, from[i].y) - from_mean;
    product += std::conj(p) * (Complex(to[i].x, to[i].y) - to_mean);
    energy += std::norm(p);
  }
  if (!(energy > 1e-9)) throw ItemError("face alignment: the five points coincide; use a larger face");
  const Complex a = product / energy;
  const Complex b = to_mean - a * from_mean;
  return {a.real(), -a.imag(), b.real(), a.imag(), a.real(), b.imag()};
}

cv::Mat blank_mask(const cv::Mat& class_map, const std::vector<cv::Point2f>& jaw, const ConditionSpec& spec) {
  if (class_map.empty() || class_map.type() != CV_8UC1) {
    throw ItemError("condition image: expected an 8-bit class map, got another type or none");
  }
  cv::Mat table = cv::Mat::zeros(1, 256, CV_8UC1);
  for (const int blanked : spec.blanked_classes) {
    if (blanked < 0 || blanked > 255) {
      throw BundleError("condition: expected blanked classes from 0 to 255, got " + std::to_string(blanked));
    }
    table.at<uchar>(blanked) = 255;
  }
  cv::Mat mask;
  cv::LUT(class_map, table, mask);
  if (spec.dilation > 0) {
    const int side = 2 * spec.dilation + 1;
    cv::dilate(mask, mask, cv::getStructuringElement(cv::MORPH_RECT, {side, side}));
  }
  if (spec.jaw_reach > 0) {
    check_jaw(jaw);
    fill_jaw_region(mask, jaw, spec.jaw_reach);
  }
  return mask;
}

cv::Mat draw_contour(const std::vector<cv::Point2f>& jaw, const FivePoints& five, const ConditionSpec& spec,
                     cv::Size crop_size) {
  check_jaw(jaw);
  if (spec.contour_points < 0 || spec.contour_points > static_cast<int>(kJawPoints) ||
      spec.colours.size() < kJawPoints) {
    throw BundleError("condition: expected 0 to 17 contour points and 17 colours, got " +
                      std::to_string(spec.contour_points) + " points and " + std::to_string(spec.colours.size()) +
                      " colours");
  }
  const cv::Matx23d crop_to_canvas = similarity(five, spec.canvas_template);
  cv::Mat canvas = cv::Mat::zeros(spec.canvas, spec.canvas, CV_8UC3);
  const auto count = static_cast<std::size_t>(spec.contour_points);
  const std::size_t first = (kJawPoints - count) / 2;
  for (std::size_t i = first; i < first + count; ++i) {
    const cv::Point2d at = transform_point(jaw[i], crop_to_canvas);
    // Points far outside draw nothing, and wouldn't fit into the integers below.
    if (std::abs(at.x) > 1e6 || std::abs(at.y) > 1e6) continue;
    const cv::Vec3b& colour = spec.colours[i];
    cv::circle(canvas, {cvRound(at.x), cvRound(at.y)}, spec.radius, cv::Scalar(colour[0], colour[1], colour[2]),
               cv::FILLED, cv::LINE_8);  // cvRound rounds half to even
  }
  cv::Mat contour;
  cv::warpAffine(canvas, contour, crop_to_canvas, crop_size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_CONSTANT, cv::Scalar::all(0));
  return contour;
}

cv::Mat condition_image(const cv::Mat& crop_rgb, const cv::Mat& class_map, const std::vector<cv::Point2f>& jaw,
                        const FivePoints& five, const ConditionSpec& spec) {
  if (crop_rgb.type() != CV_8UC3 || crop_rgb.size() != class_map.size()) {
    throw ItemError("condition image: expected an 8-bit RGB crop and a class map of its size, got " +
                    size_text(crop_rgb.cols, crop_rgb.rows) + " and " + size_text(class_map.cols, class_map.rows));
  }
  cv::Mat condition = crop_rgb.clone();
  condition.setTo(cv::Scalar::all(0), blank_mask(class_map, jaw, spec));
  if (spec.contour_points > 0) {
    cv::add(condition, draw_contour(jaw, five, spec, crop_rgb.size()), condition);  // saturates at 255
  }
  return condition;
}

}  // namespace magicface::face
