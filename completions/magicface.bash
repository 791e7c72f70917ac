# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# bash completion. Copy to ~/.local/share/bash-completion/completions/magicface, or source it.
_magicface() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]:-} flags words=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "edit estimate parse merge eval check report bench bundle --help --version" -- "$current")
    return
  fi
  case $previous in
    --sampler) words="unipc ddim ddpm dpmpp_2m euler" ;;
    --device) words="auto cpu cuda" ;;
    --dtype) words="auto float32 float16 bfloat16" ;;
    --crop | --composite) words="auto none" ;;
    --face) words="largest all" ;;
    --mask-policy) words="bundle paper release keep" ;;
    --format) words="png jpg webp tiff bmp" ;;
    --preset) words="happiness sadness surprise fear anger disgust contempt pain neutral" ;;
    --columns) words="openface libreface" ;;
    --au-file-as) words="target variation" ;;
    --keep) words="all best" ;;
    --shard) words="auto" ;;
    --log-level) words="debug info warn error off" ;;
    --au | --target) words="AU1= AU2= AU4= AU5= AU6= AU9= AU12= AU15= AU17= AU20= AU25= AU26=" ;;
    --intensity | --like-strength | --seeds | --frame-ms) return ;;
    --steps | --eta | --guidance | --noise-scale | --seed | --threads | --batch-size | --quality | --max-pixels | --max-file-size | --output-pattern | --max-failures) return ;;
  esac
  if [[ -n $words ]]; then
    [[ $previous == --au || $previous == --target ]] && compopt -o nospace
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  case $command in
    edit) flags="--in --out --output-pattern --format --quality --no-metadata --max-pixels --max-file-size --overwrite --au --sampler --steps --fast --best --eta --guidance
      --noise-scale --seed --bundle --device --threads --dtype --low-memory --cuda-graphs --batch-size --crop --condition --composite --face --mask --mask-policy --json --quiet --log-level --help
      --target --preset --intensity --like --like-strength --neutralise --neutralize --au-file --au-file-as --seeds --keep
      --grid --compare --sweep-video --frame-ms
      --jobs --allow-outside --dry-run --resume --retry-failed --halt-on-error --max-failures --shard --records --csv --from-record
      --help-batch" ;;
    estimate) flags="--in --max-pixels --max-file-size --out --overwrite --columns --landmarks --bundle --device --threads --json --quiet --log-level --help" ;;
    parse) flags="--in --out --overwrite --face --mask-policy --max-pixels --max-file-size --bundle --device --threads --quiet --log-level --help" ;;
    merge) flags="--out --csv --overwrite --quiet --log-level --help" ;;
    eval)
      flags="--out --overwrite --json --truth --au-table --identity-table --pose-table --confidence --draws --seed --bundle --device --threads --quiet --log-level --help"
      [[ ${COMP_WORDS[2]:-} == plan ]] && flags="--in --out --overwrite --people --levels --combinations --seed --bundle --quiet --log-level --help"
      [[ ${COMP_WORDS[2]:-} == sweep ]] && flags="--jobs --allow-outside --guidance --steps --sampler --out --seed --batch-size --dtype --truth --confidence
        --draws --json --bundle --device --threads --quiet --log-level --help"
      ;;
    check) flags="--run-again --out --tolerances --figures --update --json --bundle --device --threads --quiet --log-level --help" ;;
    bench) flags="--in --batch --threads --steps --size --repeat --warmup --reuse --compare --plot --overwrite --json --sampler --guidance
      --device --dtype --low-memory --cuda-graphs --crop --condition --bundle --quiet --log-level --help" ;;
    report) flags="--out --overwrite --figures --size --quality --quiet --log-level --help" ;;
    bundle)
      flags="--bundle --json --help"
      ((COMP_CWORD == 2)) && flags="list show verify --help"
      ;;
    *) return ;;
  esac
  if [[ $current == -* ]] || [[ $command == bundle && COMP_CWORD -eq 2 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _magicface magicface
