package io.jcri.daemon.cli;

import picocli.AutoComplete;
import picocli.CommandLine;

/** Completions as bash wants them: picocli's, which do not know values after "=". */
final class BashCompletion {
  /** For bash each "=" is a word of its own. */
  private static final String VALUES =
      """

      # After "--option=" as after "--option ".
      function _complete_jcri_values() {
        local words=() at=0 i
        for i in "${!COMP_WORDS[@]}"; do
          if [[ ${COMP_WORDS[i]} != = ]]; then
            words+=("${COMP_WORDS[i]}")
          elif (( i == COMP_CWORD )); then
            words+=("")
          fi
          if (( i == COMP_CWORD )); then
            at=$(( ${#words[@]} - 1 ))
          fi
        done
        local COMP_WORDS=("${words[@]}") COMP_CWORD=$at
        _complete_jcri "$@"
      }
      complete -F _complete_jcri_values -o default jcri
      """;

  private BashCompletion() {}

  static String of(CommandLine jcri) {
    return AutoComplete.bash("jcri", jcri) + VALUES;
  }
}
