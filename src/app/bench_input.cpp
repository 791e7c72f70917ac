// SPDX-License-Identifier: Apache-2.0
#include "bench_input.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/image/picture.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// The middle square of a picture, `size` pixels a side, as a PNG.
void write_square(const fs::path& source, int size, const fs::path& target) {
  const auto rgb = image::read_picture(source).rgb;
  const int side = std::min(rgb.cols, rgb.rows);
  const cv::Rect middle((rgb.cols - side) / 2, (rgb.rows - side) / 2, side, side);
  image::Picture square;
  cv::resize(rgb(middle), square.rgb, {size, size}, 0, 0, side > size ? cv::INTER_AREA : cv::INTER_LINEAR);
  image::EncodeOptions encoding;
  encoding.format = image::Format::png;
  write_file_atomically(target, image::encode_picture(square, encoding));
}

}  // namespace

fs::path bench_portrait(const BenchOptions& options) {
  if (options.input) {
    if (!fs::is_regular_file(*options.input)) {
      throw NoInputError("--in " + options.input->string() + ": expected a picture, there is no such file");
    }
    return *options.input;
  }
  const auto here = executable_folder();
  for (const char* place : {"../../docs/samples/portrait.png", "../share/magicface/samples/portrait.png"}) {
    const auto candidate = (here / place).lexically_normal();
    if (fs::is_regular_file(candidate)) return candidate;
  }
  throw NoInputError("bench: the sample portrait isn't beside the program; name a picture with --in");
}

BenchInput bench_input(const BenchOptions& options, int size, const fs::path& scratch) {
  BenchInput input;
  input.portrait = bench_portrait(options);
  input.options.crop = options.crop;
  input.options.condition = options.condition;
  if (size == 0) return input;
  const auto portrait = scratch / ("portrait_" + std::to_string(size) + ".png");
  const auto condition = scratch / ("condition_" + std::to_string(size) + ".png");
  write_square(input.portrait, size, portrait);
  write_square(options.condition.value_or(input.portrait), size, condition);
  input.portrait = portrait;
  input.options.crop = pipeline::Crop::none;
  input.options.condition = condition;
  return input;
}

}  // namespace magicface::app
