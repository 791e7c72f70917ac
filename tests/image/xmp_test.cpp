// SPDX-License-Identifier: Apache-2.0
// XMP packets as other programs write them, and what is left of those that a JPEG can't hold.
#include <algorithm>
#include <string>

#include "magicface/image/encode.hpp"
#include "picture_helpers.hpp"

namespace magicface::image {
namespace {

using XmpTest = PictureFiles;

constexpr const char* kComposite = "digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/// A packet whose description holds these attributes and elements.
ByteVector packet(const std::string& attributes, const std::string& elements) {
  const std::string text =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
      "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' " +
      attributes + ">" + elements + "</rdf:Description></rdf:RDF></x:xmpmeta>";
  return {text.begin(), text.end()};
}

std::string text_of(const ByteVector& bytes) { return {bytes.begin(), bytes.end()}; }

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST_F(XmpTest, ASourceTypeOfAnyShapeIsReplaced) {
  const std::string type = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture";
  for (const auto& element :
       {"<Iptc4xmpExt:DigitalSourceType rdf:resource='" + type + "'/>",
        "<Iptc4xmpExt:DigitalSourceType>" + type + "</Iptc4xmpExt:DigitalSourceType>",
        "<Iptc4xmpExt:DigitalSourceType><rdf:Bag><rdf:li>" + type +
            "</rdf:li></rdf:Bag></Iptc4xmpExt:DigitalSourceType>",
        "<own:DigitalSourceType xmlns:own='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' rdf:resource='" + type +
            "'/>"}) {
    Metadata metadata;
    metadata.xmp = packet("dc:source='the archive'", element);
    declare_composite(metadata);
    const auto once = metadata.xmp;
    EXPECT_EQ(count(text_of(once), "digitalCapture"), 0U) << text_of(once);
    EXPECT_EQ(count(text_of(once), kComposite), 1U) << text_of(once);
    EXPECT_EQ(count(text_of(once), "the archive"), 1U);
    declare_composite(metadata);
    EXPECT_EQ(metadata.xmp, once);
  }
}

TEST_F(XmpTest, ASizeOfAnyShapeIsCorrected) {
  Metadata metadata;
  metadata.xmp = packet("", "<tiff:ImageWidth><rdf:Seq><rdf:li>4000</rdf:li></rdf:Seq></tiff:ImageWidth>");
  settle_metadata(metadata, {30, 40});
  EXPECT_NE(text_of(metadata.xmp).find("<tiff:ImageWidth>30</tiff:ImageWidth>"), std::string::npos);
}

/// What is read from a JPEG that was given this packet, and the warnings on the way.
struct InJpeg {
  std::string xmp;
  std::vector<std::string> warnings;
};

class XmpInJpeg : public PictureFiles {
 protected:
  InJpeg written(const ByteVector& packet) {
    Picture picture{gradient({16, 16}), {}};
    picture.metadata.xmp = packet;
    InJpeg result;
    const auto jpeg = encode_picture(picture, {Format::jpg, {}, {}}, &result.warnings);
    result.xmp = text_of(read_picture(file("x.jpg", jpeg)).metadata.xmp);
    return result;
  }
};

const std::string kRights =
    "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>(c) Ann</rdf:li></rdf:Alt></dc:rights>"
    "<dc:creator><rdf:Seq><rdf:li>Ann Other</rdf:li></rdf:Seq></dc:creator>"
    "<dc:description>a portrait</dc:description>";

TEST_F(XmpInJpeg, OneThatFitsStaysAsItIs) {
  const auto small = packet("dc:source='the archive'", kRights);
  const auto result = written(small);
  EXPECT_EQ(result.xmp, text_of(small));
  EXPECT_TRUE(result.warnings.empty());
}

TEST_F(XmpInJpeg, OneThatIsTooLargeKeepsTheDeclarationAndTheRights) {
  Metadata metadata;
  metadata.xmp = packet("dc:source='" + std::string(70000, 'h') + "'", kRights);
  declare_composite(metadata);
  const auto result = written(metadata.xmp);
  for (const char* kept : {kComposite, "(c) Ann", "Ann Other"}) EXPECT_EQ(count(result.xmp, kept), 1U) << kept;
  for (const char* gone : {"hhhh", "a portrait"}) EXPECT_EQ(count(result.xmp, gone), 0U) << gone;
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_NE(result.warnings[0].find("XMP"), std::string::npos) << result.warnings[0];
}

TEST_F(XmpInJpeg, RightsGivenAsAttributesAreKeptToo) {
  const auto result = written(packet("dc:rights='(c) Ann' dc:source='" + std::string(70000, 'h') + "'", ""));
  EXPECT_EQ(count(result.xmp, "(c) Ann"), 1U);
  EXPECT_EQ(count(result.xmp, "hhhh"), 0U);
  EXPECT_EQ(count(result.xmp, kComposite), 0U) << "nothing is declared that wasn't";
}

TEST_F(XmpInJpeg, RightsThatAreTooLargeThemselvesLeaveTheDeclaration) {
  Metadata metadata;
  metadata.xmp = packet("dc:rights='" + std::string(70000, 'h') + "'", "");
  declare_composite(metadata);
  const auto result = written(metadata.xmp);
  EXPECT_EQ(count(result.xmp, kComposite), 1U);
  EXPECT_EQ(count(result.xmp, "hhhh"), 0U);
  EXPECT_EQ(result.warnings.size(), 1U);
}

TEST_F(XmpInJpeg, NothingIsLeftOfWhatCannotBeRead) {
  const auto result = written(ByteVector(70000, ' '));
  EXPECT_TRUE(result.xmp.empty());
  EXPECT_EQ(result.warnings.size(), 1U);
}

}  // namespace
}  // namespace magicface::image
