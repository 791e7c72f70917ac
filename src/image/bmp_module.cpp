// SPDX-License-Identifier: Apache-2.0
#include "bmp_module.hpp"

#include <opencv2/imgcodecs.hpp>

namespace {

cv::Mat decode(const cv::Mat& bytes) { return cv::imdecode(bytes, cv::IMREAD_UNCHANGED); }
bool encode(const cv::Mat& pixels, std::vector<std::uint8_t>& bytes) { return cv::imencode(".bmp", pixels, bytes); }

}  // namespace

extern "C" __attribute__((visibility("default")))
const magicface::image::BmpCodec magicface_bmp_codec{&decode, &encode};
