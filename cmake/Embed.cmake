# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=assets.cpp -DINPUTS=a.html,b.css -P Embed.cmake: writes the files as constants `k_a_html`, ... of magicface::app::assets.
string(REPLACE "," ";" _inputs "${INPUTS}")
set(_text "// Made by cmake/Embed.cmake.\nnamespace magicface::app::assets {\n")
foreach(_input IN LISTS _inputs)
  get_filename_component(_name ${_input} NAME)
  string(MAKE_C_IDENTIFIER ${_name} _name)
  file(READ ${_input} _content)
  string(APPEND _text "extern const char* const k_${_name};\nconst char* const k_${_name} = R\"magicface(${_content})magicface\";\n")
endforeach()
file(WRITE ${OUTPUT} "${_text}}  // namespace magicface::app::assets\n")
