# SPDX-License-Identifier: Apache-2.0
# Man pages and completions as the program states them: cmake -DPROGRAM=... -DOUT=<folder> -P write_texts.cmake
file(MAKE_DIRECTORY "${OUT}")

function(write_text file)
  execute_process(COMMAND "${PROGRAM}" ${ARGN} OUTPUT_FILE "${OUT}/${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(shell IN ITEMS bash zsh fish)
  write_text(mapiary.${shell} help --completion ${shell})
endforeach()
execute_process(COMMAND "${PROGRAM}" help OUTPUT_VARIABLE overview COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n  [a-z]+ " verbs "${overview}")
foreach(verb IN LISTS verbs)
  string(STRIP "${verb}" verb)
  write_text(mapiary-${verb}.1 help --man ${verb})
endforeach()
write_text(mapiary.1 help --man)
