# SPDX-License-Identifier: Apache-2.0
# `cmake --install` gives bin/magicface, which finds share/magicface/models/demo beside it.
if(TARGET magicface)
# LibTorch lies in no folder of the system: the installed program finds it where the build did.
set_target_properties(magicface PROPERTIES INSTALL_RPATH ${MAGICFACE_TORCH_LIB})
install(TARGETS magicface RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/models/demo DESTINATION ${CMAKE_INSTALL_DATADIR}/magicface/models)
# What `bench` measures when no portrait is named.
install(FILES ${CMAKE_SOURCE_DIR}/docs/samples/portrait.png DESTINATION ${CMAKE_INSTALL_DATADIR}/magicface/samples)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
