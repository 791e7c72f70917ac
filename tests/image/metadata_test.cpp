// SPDX-License-Identifier: Apache-2.0
// What a file says beside its pixels: kept, and true afterwards. Pictures made by other programs are read in
// tests/cli/test_cli_formats.py.
#include "magicface/image/metadata.hpp"

#include <algorithm>
#include <string_view>

#include "exif_builder.hpp"
#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using namespace std::string_view_literals;
using MetadataTest = PictureFiles;

ByteVector bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
bool contains(const ByteVector& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

/// A header of this colour space with one tag of noise: enough for the libraries, which check headers.
ByteVector profile(std::string_view colour_space) {
  constexpr std::uint8_t kHeader = 128, kTag = kHeader + 16, kSize = kTag + 64;
  ByteVector icc(kSize, 0);
  cv::RNG random(1);
  for (std::size_t i = kTag; i < icc.size(); ++i) icc[i] = static_cast<std::uint8_t>(random.uniform(0, 256));
  const auto put = [&](std::ptrdiff_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), icc.begin() + at);
  };
  icc[3] = kSize;
  put(8, "\x04\x20"sv);
  put(12, "mntr");
  put(16, colour_space);
  put(20, "XYZ ");
  put(36, "acsp");
  put(68, "\x00\x00\xF6\xD6\x00\x01\x00\x00\x00\x00\xD3\x2D"sv);  // D50
  icc[kHeader + 3] = 1;
  put(kHeader + 4, "cprt");
  icc[kHeader + 11] = kTag;
  icc[kHeader + 15] = 64;
  return icc;
}

constexpr std::string_view kXmp =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' "
    "tiff:Orientation='6' exif:PixelXDimension='4000' hdrgm:Version='1.0' dc:source='the archive'/></rdf:RDF></x:xmpmeta>"sv;

Picture described() {
  Picture picture{gradient({48, 32}), {}};
  picture.metadata.icc = profile("RGB ");
  picture.metadata.exif = exif_block({.orientation = 1, .across = 48, .down = 32});
  picture.metadata.xmp = bytes_of(kXmp);
  picture.metadata.density = {11811, 5906};
  return picture;
}

TEST_F(MetadataTest, TravelThroughEveryFormatThatHoldsThem) {
  Picture picture = described();
  settle_metadata(picture.metadata, picture.rgb.size());
  for (const Format format : {Format::png, Format::jpg, Format::webp, Format::tiff}) {
    const auto name = extension_of(format);
    const auto back = read_picture(file("x" + name, encode_picture(picture, {format, 90, {}}))).metadata;
    EXPECT_EQ(back.icc, picture.metadata.icc) << name;
    EXPECT_EQ(back.xmp, picture.metadata.xmp) << name;
    EXPECT_TRUE(contains(back.exif, kArtist)) << name;
    if (format == Format::webp) continue;
    ASSERT_TRUE(back.density) << name;
    EXPECT_NEAR(back.density->across, 11811, 1) << name;
    EXPECT_NEAR(back.density->down, 5906, 1) << name;
  }
}

TEST_F(MetadataTest, SettlingCorrectsWhatReadingMakesUntrue) {
  for (const bool little : {true, false}) {
    Metadata metadata;
    metadata.exif = bytes_of("Exif\0\0"sv);
    const auto block =
        exif_block({.orientation = 6, .across = 4000, .down = 3000, .little = little, .thumbnail = true});
    metadata.exif.insert(metadata.exif.end(), block.begin(), block.end());
    metadata.xmp = bytes_of(kXmp);
    settle_metadata(metadata, {30, 40});
    // In the same places: makers' notes point into the block by absolute offsets.
    EXPECT_EQ(metadata.exif,
              exif_block({.orientation = 1, .across = 30, .down = 40, .little = little, .thumbnail = false}));
    EXPECT_FALSE(contains(metadata.exif, kThumbnail));
    EXPECT_FALSE(contains(metadata.xmp, "Orientation"));
    EXPECT_FALSE(contains(metadata.xmp, "hdrgm:Version"));
    EXPECT_TRUE(contains(metadata.xmp, "exif:PixelXDimension=\"30\""));
    EXPECT_TRUE(contains(metadata.xmp, "dc:source=\"the archive\""));
  }
}

TEST_F(MetadataTest, APacketThatIsTrueKeepsItsBytes) {
  const auto packet = bytes_of(
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description  rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
      "dc:source='x'/></rdf:RDF></x:xmpmeta>");
  Metadata metadata;
  metadata.xmp = packet;
  settle_metadata(metadata, {3, 4});
  EXPECT_EQ(metadata.xmp, packet);
}

TEST_F(MetadataTest, DamagedBlocksAreDroppedAndNeverCrash) {
  Metadata metadata;
  metadata.exif = bytes_of("not a TIFF block");
  metadata.xmp = bytes_of("<x:xmpmeta");
  settle_metadata(metadata, {3, 4});
  EXPECT_TRUE(metadata.exif.empty());
  EXPECT_TRUE(metadata.xmp.empty());
  cv::RNG random(11);
  const auto whole = exif_block({.orientation = 6, .across = 10, .down = 10, .thumbnail = true});
  for (int round = 0; round < 500; ++round) {
    metadata.exif = whole;
    for (int hits = 0; hits < 4; ++hits) {
      metadata.exif[static_cast<std::size_t>(random.uniform(8, static_cast<int>(whole.size())))] =
          static_cast<std::uint8_t>(random.uniform(0, 256));
    }
    if (round % 5 == 0)
      metadata.exif.resize(static_cast<std::size_t>(random.uniform(8, static_cast<int>(whole.size()))));
    const auto size = metadata.exif.size();
    settle_metadata(metadata, {3, 4});
    EXPECT_EQ(metadata.exif.size(), size);
  }
}

TEST_F(MetadataTest, AnEditDeclaresItselfOnce) {
  constexpr auto kType = "compositeWithTrainedAlgorithmicMedia"sv;
  Metadata metadata;
  declare_composite(metadata);
  EXPECT_TRUE(contains(metadata.xmp, kType));
  const auto once = metadata.xmp;
  declare_composite(metadata);
  EXPECT_EQ(metadata.xmp, once);
  metadata.xmp = bytes_of(kXmp);
  declare_composite(metadata);
  EXPECT_TRUE(contains(metadata.xmp, kType) && contains(metadata.xmp, "the archive"));
}

TEST_F(MetadataTest, WithoutDescriptionsOnlyColoursAndCodingStay) {
  Picture picture = described();
  picture.metadata.texts = {{"Author", "somebody"}};
  picture.metadata.coding.webp_lossless = true;
  const auto bare = without_descriptions(picture.metadata);
  EXPECT_EQ(bare.icc, picture.metadata.icc);
  EXPECT_TRUE(bare.coding.webp_lossless);
  EXPECT_TRUE(bare.exif.empty() && bare.xmp.empty() && bare.texts.empty() && !bare.density);
}

TEST_F(MetadataTest, AProfileOfOtherColoursIsNotEmbedded) {
  Picture picture{gradient({16, 16}), {}};
  picture.metadata.icc = profile("GRAY");
  EXPECT_TRUE(read_picture(file("x.png", encode_picture(picture, {}))).metadata.icc.empty());
  picture.metadata.grey = true;
  EXPECT_EQ(read_picture(file("x.png", encode_picture(picture, {}))).metadata.icc, picture.metadata.icc);
}

TEST_F(MetadataTest, ZeroesBehindAProfileAreNoReasonToLoseIt) {
  Picture picture{gradient({16, 16}), {}};
  const auto whole = profile("RGB ");
  picture.metadata.icc = whole;
  picture.metadata.icc.insert(picture.metadata.icc.end(), 3, 0);
  EXPECT_EQ(read_picture(file("x.png", encode_picture(picture, {}))).metadata.icc, whole);
  // Version 4 wants a multiple of four; libpng refuses others, and the header must say the same.
  auto& odd = picture.metadata.icc = whole;
  odd[3] -= 2;
  odd[128 + 15] -= 2;
  odd[84] = 1;  // the profile's ID, a checksum over all of it
  odd.resize(odd.size() - 2);
  auto filled = odd;
  filled.resize(whole.size());
  filled[3] = whole[3];
  filled[84] = 0;
  EXPECT_EQ(read_picture(file("x.png", encode_picture(picture, {}))).metadata.icc, filled);
}

TEST_F(MetadataTest, AProfileThatPngRefusesIsLeftOutWithAWarning) {
  Picture picture{gradient({16, 16}), {}};
  picture.metadata.icc = profile("RGB ");
  picture.metadata.icc.resize(150);
  std::vector<std::string> warnings;
  const auto png = encode_picture(picture, {}, &warnings);
  EXPECT_TRUE(read_picture(file("x.png", png)).metadata.icc.empty());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("profile"), std::string::npos) << warnings[0];
}

TEST_F(MetadataTest, PngTextsStayAndParametersAreReplaced) {
  Picture picture{gradient({16, 16}), {}};
  picture.metadata.texts = {{"Author", "Zoë 顔"}, {"parameters", "an older edit"}, {"Title", "me"}};
  picture.metadata.png_colour.gamma = 0.45455;
  const auto bytes = encode_picture(picture, {Format::png, {}, "the new edit"});
  EXPECT_EQ(read_png_parameters(bytes), "the new edit");
  const auto back = read_picture(file("x.png", bytes)).metadata;
  ASSERT_EQ(back.texts.size(), 3U);
  EXPECT_EQ(back.texts[0].text, "Zoë 顔");
  EXPECT_EQ(back.texts[1].text, "me");
  ASSERT_TRUE(back.png_colour.gamma);
  EXPECT_NEAR(*back.png_colour.gamma, 0.45455, 1e-5);
}

TEST_F(MetadataTest, ReplacedPixelsKeepWhatIsStillTrue) {
  Picture source = described();
  source.alpha = cv::Mat(32, 48, CV_8UC1, cv::Scalar(7));
  source.deep_rgb = cv::Mat(32, 48, CV_16UC3, cv::Scalar::all(1000));
  source.metadata.grey = true;
  const auto same = replace_pixels(source, gradient({48, 32}));
  EXPECT_FALSE(same.alpha.empty());
  EXPECT_TRUE(same.deep_rgb.empty());
  EXPECT_FALSE(same.metadata.grey);
  const auto smaller = replace_pixels(source, gradient({16, 16}));
  EXPECT_TRUE(smaller.alpha.empty());
  EXPECT_EQ(smaller.metadata.exif, exif_block({.orientation = 1, .across = 16, .down = 16}));
}

/// Photoshop's image resource `number` with `data`.
ByteVector resource(int number, std::string_view data) {
  ByteVector bytes = bytes_of("8BIM");
  for (const int byte : {number >> 8, number & 255, 0, 0, 0, 0, static_cast<int>(data.size() >> 8),
                         static_cast<int>(data.size() & 255)}) {
    bytes.push_back(static_cast<std::uint8_t>(byte));  // GCC 12 warns falsely of an insertion
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  if (data.size() % 2 != 0) bytes.push_back(0);
  return bytes;
}

ByteVector joined(std::initializer_list<ByteVector> parts) {
  ByteVector all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST_F(MetadataTest, CommentsAndCaptionsOfAJpegAreKept) {
  Picture picture{gradient({32, 24}), {}};
  auto& notes = picture.metadata.jpeg_notes;
  notes.comments = {bytes_of("by hand"), bytes_of("caf\xE9")};
  const auto caption = resource(0x0404, std::string(60000, 'c'));
  notes.photoshop = joined({caption, resource(0x0425, std::string(60000, 'd'))});  // more than one marker holds
  const auto again = read_picture(file("x.jpg", encode_picture(picture, {Format::jpg, {}, {}}))).metadata.jpeg_notes;
  EXPECT_EQ(again.comments, notes.comments);
  EXPECT_EQ(again.photoshop, notes.photoshop);
  EXPECT_TRUE(without_descriptions(picture.metadata).jpeg_notes.comments.empty());
}

TEST_F(MetadataTest, PhotoshopsPreviewsAndWhatIsDamagedGo) {
  Metadata metadata;
  auto& photoshop = metadata.jpeg_notes.photoshop;
  const auto caption = resource(0x0404, "\x1c\x02\x78 odd"), copyright = resource(0x040A, "1");
  photoshop = joined({caption, resource(1036, "a face"), resource(1033, "a face"), copyright});
  settle_metadata(metadata, {8, 8});
  EXPECT_EQ(photoshop, joined({caption, copyright}));
  auto cut = resource(0x0405, "a long text");
  cut.resize(cut.size() - 5);
  photoshop = joined({caption, cut});
  settle_metadata(metadata, {8, 8});
  EXPECT_EQ(photoshop, caption);
  photoshop = bytes_of("not Photoshop's");
  settle_metadata(metadata, {8, 8});
  EXPECT_TRUE(photoshop.empty());
}

}  // namespace
}  // namespace magicface::image
