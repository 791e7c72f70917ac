// SPDX-License-Identifier: Apache-2.0
// XMP packets as other programs write them.
#include <algorithm>
#include <string>

#include "magicface/image/metadata.hpp"
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

}  // namespace
}  // namespace magicface::image
