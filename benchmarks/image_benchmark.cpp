// SPDX-License-Identifier: Apache-2.0
// The stages of a portrait outside the networks, by the picture's side in pixels: reading and writing files, crop,
// blend.
#include <benchmark/benchmark.h>

#include <array>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "magicface/face/crop.hpp"
#include "magicface/image/blend.hpp"
#include "magicface/image/encode.hpp"
#include "magicface/image/picture.hpp"

namespace {

namespace image = magicface::image;
namespace face = magicface::face;
namespace fs = std::filesystem;

constexpr int kModelSide = 512;

/// A photograph's statistics at any size: the sample portrait, enlarged.
image::Picture portrait(int side) {
  const auto sample = image::read_picture(fs::path(MAGICFACE_SOURCE_DIR) / "docs/samples/portrait.png");
  image::Picture picture;
  cv::resize(sample.rgb, picture.rgb, {side, side}, 0, 0, cv::INTER_CUBIC);
  return picture;
}

/// The middle third of the picture as the model's crop.
cv::Matx23d crop_of(int side) {
  const double scale = 3.0 * kModelSide / side;
  return {scale, 0, -kModelSide, 0, scale, -kModelSide};
}

int side_of(const benchmark::State& state) { return static_cast<int>(state.range(0)); }

void encode(benchmark::State& state, image::Format format) {
  const auto picture = portrait(side_of(state));
  image::EncodeOptions options;
  options.format = format;
  for (auto _ : state) benchmark::DoNotOptimize(image::encode_picture(picture, options).size());
}

void read(benchmark::State& state, image::Format format) {
  image::EncodeOptions options;
  options.format = format;
  const auto bytes = image::encode_picture(portrait(side_of(state)), options);
  const auto file = fs::temp_directory_path() / ("magicface_image_benchmark" + image::extension_of(format));
  if (auto* stream = std::fopen(file.c_str(), "wb")) {
    std::fwrite(bytes.data(), 1, bytes.size(), stream);
    std::fclose(stream);
  }
  for (auto _ : state) benchmark::DoNotOptimize(image::read_picture(file).rgb.data);
  fs::remove(file);
}

void crop(benchmark::State& state) {
  const auto picture = portrait(side_of(state));
  const auto transform = crop_of(side_of(state));
  for (auto _ : state) {
    benchmark::DoNotOptimize(face::warp_to_crop(picture.rgb, transform, kModelSide, face::Border::reflect).data);
  }
}

void blend(benchmark::State& state) {
  auto picture = portrait(side_of(state));
  const cv::Mat edited(kModelSide, kModelSide, CV_8UC3, cv::Scalar(120, 90, 80));
  const auto mask = image::feathered_mask(edited.size(), 32);
  const auto transform = crop_of(side_of(state));
  for (auto _ : state) image::paste_back(picture, edited, mask, transform);
}

}  // namespace

BENCHMARK_CAPTURE(encode, png, image::Format::png)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, jpg, image::Format::jpg)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, webp, image::Format::webp)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, png, image::Format::png)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, jpg, image::Format::jpg)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, webp, image::Format::webp)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);
BENCHMARK(crop)->Arg(512)->Arg(2048)->Arg(6000)->Unit(benchmark::kMillisecond);
BENCHMARK(blend)->Arg(512)->Arg(2048)->Arg(6000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, smoke, image::Format::png)->Arg(64)->Unit(benchmark::kMillisecond);
