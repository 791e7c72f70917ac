// SPDX-License-Identifier: Apache-2.0
#include "xmp.hpp"

#include <algorithm>
#include <iterator>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace magicface::image {
namespace {

using namespace std::string_view_literals;

struct Property {
  std::string_view schema;
  std::string_view name;  ///< empty: every property of the schema
};

constexpr auto kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"sv;
constexpr auto kTiff = "http://ns.adobe.com/tiff/1.0/"sv;
constexpr auto kExif = "http://ns.adobe.com/exif/1.0/"sv;
constexpr auto kIptcExtension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"sv;
constexpr const char* kComposite =
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/// What isn't true any more once the picture is upright and stands alone: previews still show the face before the
/// edit, and what phones append to a file (gain map, depth, motion, further packets) isn't written again.
constexpr Property kUntrue[] = {
    {kTiff, "Orientation"},
    {"http://ns.adobe.com/xap/1.0/", "Thumbnails"},
    {"http://ns.adobe.com/xmp/note/", "HasExtendedXMP"},
    {"http://ns.adobe.com/hdr-gain-map/1.0/", ""},
    {"http://ns.google.com/photos/1.0/container/", ""},
    {"http://ns.google.com/photos/1.0/camera/", ""},
    {"http://ns.google.com/photos/1.0/depthmap/", ""},
};
constexpr Property kWidths[] = {{kTiff, "ImageWidth"}, {kExif, "PixelXDimension"}};
constexpr Property kHeights[] = {{kTiff, "ImageLength"}, {kExif, "PixelYDimension"}};
constexpr auto kDublinCore = "http://purl.org/dc/elements/1.1/"sv;
constexpr Property kSourceType{kIptcExtension, "DigitalSourceType"};
/// What must stay where there is no room for all.
constexpr Property kEssential[] = {kSourceType, {kDublinCore, "rights"}, {kDublinCore, "creator"}};

/// The namespace behind the prefix of a qualified name, as declared on `node` or around it.
std::string_view namespace_of(pugi::xml_node node, std::string_view qualified) {
  const auto colon = qualified.find(':');
  const std::string declaration =
      colon == qualified.npos ? "xmlns" : "xmlns:" + std::string(qualified.substr(0, colon));
  for (; node; node = node.parent()) {
    if (const auto found = node.attribute(declaration.c_str())) return found.value();
  }
  return {};
}

bool is(const Property& property, pugi::xml_node scope, std::string_view qualified) {
  const auto colon = qualified.find(':');
  if (colon == qualified.npos || qualified.starts_with("xmlns:")) return false;
  return (property.name.empty() || qualified.substr(colon + 1) == property.name) &&
         namespace_of(scope, qualified) == property.schema;
}

bool declares_namespace(std::string_view name) { return name == "xmlns" || name.starts_with("xmlns:"); }

bool is_essential(pugi::xml_node scope, std::string_view qualified) {
  return std::any_of(std::begin(kEssential), std::end(kEssential),
                     [&](const Property& property) { return is(property, scope, qualified); });
}

/// Whether the element says this, and in text alone.
bool says(pugi::xml_node element, const char* value) {
  const auto attributes = element.attributes();
  return std::string_view(element.child_value()) == value && element.first_child() == element.last_child() &&
         std::all_of(attributes.begin(), attributes.end(),
                     [](const auto& attribute) { return declares_namespace(attribute.name()); });
}

/// Gives an element this value alone: it may have had one as rdf:resource, or a list.
bool replace_value(pugi::xml_node element, const char* value) {
  element.remove_children();
  for (auto attribute = element.first_attribute(); attribute;) {
    const auto next = attribute.next_attribute();
    if (!declares_namespace(attribute.name())) element.remove_attribute(attribute);
    attribute = next;
  }
  return element.text().set(value);
}

/// Nesting that no real packet has, and that would exhaust the stack when it is removed.
struct DepthLimit : pugi::xml_tree_walker {
  static constexpr int kDeepest = 100;
  bool for_each(pugi::xml_node&) override { return depth() < kDeepest; }
};

/// An XMP packet. A property of the picture is an attribute or an element of one of the descriptions in its RDF.
class Packet {
 public:
  bool parse(const std::vector<std::uint8_t>& bytes) {
    constexpr auto kOptions =
        pugi::parse_default | pugi::parse_pi | pugi::parse_comments | pugi::parse_ws_pcdata_single;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto size = text.find_last_not_of('\0') + 1;  // some cameras pad with zeroes
    DepthLimit limit;
    if (!document_.load_buffer(text.data(), size, kOptions, pugi::encoding_utf8) || !document_.traverse(limit))
      return false;
    rdf_ = document_.find_node([](pugi::xml_node node) { return is({kRdf, "RDF"}, node, node.name()); });
    return !rdf_.empty();
  }
  void begin() {
    document_.reset();
    document_.append_child(pugi::node_pi).set_name("xpacket");
    document_.last_child().set_value("begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"");
    auto root = document_.append_child("x:xmpmeta");
    root.append_attribute("xmlns:x") = "adobe:ns:meta/";
    rdf_ = root.append_child("rdf:RDF");
    rdf_.append_attribute("xmlns:rdf") = std::string(kRdf).c_str();
    document_.append_child(pugi::node_pi).set_name("xpacket");
    document_.last_child().set_value("end=\"w\"");
  }

  /// Whether there was anything to drop.
  bool drop(const Property& property) {
    return visit(property, [](pugi::xml_node description, pugi::xml_attribute attribute, pugi::xml_node element) {
      return attribute ? description.remove_attribute(attribute) : description.remove_child(element);
    });
  }
  /// Whether there was another value.
  bool correct(const Property& property, int value) {
    const std::string text = std::to_string(value);
    return visit(property, [&](pugi::xml_node, pugi::xml_attribute attribute, pugi::xml_node element) {
      if (attribute ? text == attribute.value() : says(element, text.c_str())) return false;
      return attribute ? attribute.set_value(text.c_str()) : replace_value(element, text.c_str());
    });
  }
  void set_source_type() {
    const bool replaced = visit(kSourceType, [](pugi::xml_node, pugi::xml_attribute attribute, pugi::xml_node element) {
      return attribute ? attribute.set_value(kComposite) : replace_value(element, kComposite);
    });
    if (replaced) return;
    auto description = rdf_.append_child("rdf:Description");
    description.append_attribute("rdf:about") = "";
    description.append_attribute("xmlns:rdf") = std::string(kRdf).c_str();
    description.append_attribute("xmlns:Iptc4xmpExt") = std::string(kIptcExtension).c_str();
    description.append_attribute("Iptc4xmpExt:DigitalSourceType") = kComposite;
  }

  bool has_composite_type() {
    return visit(kSourceType, [](pugi::xml_node, pugi::xml_attribute attribute, pugi::xml_node element) {
      return attribute ? std::string_view(attribute.value()) == kComposite : says(element, kComposite);
    });
  }
  /// Whether anything is left.
  bool keep_essentials() {
    for (auto description = rdf_.first_child(); description;) {
      const auto next = description.next_sibling();
      if (!keep_essentials_of(description)) rdf_.remove_child(description);
      description = next;
    }
    return !rdf_.first_child().empty();
  }

  std::vector<std::uint8_t> bytes() const {
    struct Writer : pugi::xml_writer {
      std::vector<std::uint8_t> written;
      void write(const void* data, std::size_t size) override {
        const auto* begin = static_cast<const std::uint8_t*>(data);
        written.insert(written.end(), begin, begin + size);
      }
    } writer;
    document_.save(writer, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return std::move(writer.written);
  }

 private:
  static bool keep_essentials_of(pugi::xml_node description) {
    bool any = false;
    for (auto attribute = description.first_attribute(); attribute;) {
      const auto next = attribute.next_attribute();
      const bool essential = is_essential(description, attribute.name());
      const bool needed = declares_namespace(attribute.name()) || is({kRdf, "about"}, description, attribute.name());
      if (!essential && !needed) description.remove_attribute(attribute);
      any |= essential;
      attribute = next;
    }
    for (auto element = description.first_child(); element;) {
      const auto next = element.next_sibling();
      const bool essential = is_essential(element, element.name());
      if (!essential) description.remove_child(element);
      any |= essential;
      element = next;
    }
    return any;
  }

  /// Calls `change(description, attribute, element)` for each place where the property stands, with one of the two.
  template <typename Change>
  bool visit(const Property& property, const Change& change) {
    bool changed = false;
    for (const auto description : rdf_.children()) {
      for (auto attribute = description.first_attribute(); attribute;) {
        const auto next = attribute.next_attribute();
        if (is(property, description, attribute.name())) changed |= change(description, attribute, pugi::xml_node());
        attribute = next;
      }
      for (auto element = description.first_child(); element;) {
        const auto next = element.next_sibling();
        if (is(property, element, element.name())) changed |= change(description, pugi::xml_attribute(), element);
        element = next;
      }
    }
    return changed;
  }

  pugi::xml_document document_;
  pugi::xml_node rdf_;
};

}  // namespace

void settle_xmp(std::vector<std::uint8_t>& packet, cv::Size size) {
  if (packet.empty()) return;
  Packet xmp;
  if (!xmp.parse(packet)) return packet.clear();
  bool changed = false;
  for (const auto& property : kUntrue) changed |= xmp.drop(property);
  for (const auto& property : kWidths) changed |= xmp.correct(property, size.width);
  for (const auto& property : kHeights) changed |= xmp.correct(property, size.height);
  if (changed) packet = xmp.bytes();
}

std::vector<std::uint8_t> essential_xmp(const std::vector<std::uint8_t>& packet, std::size_t most) {
  Packet xmp;
  if (!xmp.parse(packet)) return {};
  const bool composite = xmp.has_composite_type();
  if (xmp.keep_essentials()) {
    if (auto bytes = xmp.bytes(); bytes.size() <= most) return bytes;
  }
  std::vector<std::uint8_t> declaration;
  if (composite) declare_composite(declaration);
  return declaration;
}

void declare_composite(std::vector<std::uint8_t>& packet) {
  Packet xmp;
  if (packet.empty() || !xmp.parse(packet)) xmp.begin();
  xmp.set_source_type();
  packet = xmp.bytes();
}

}  // namespace magicface::image
