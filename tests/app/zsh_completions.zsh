# Prints what zsh offers for each of some command lines, on a line each:
#   zsh -f zsh_completions.zsh SCRIPT 'grapevine run --po' ...
# with the completion in the file SCRIPT. Only its line editor completes, so
# another zsh does it, on a terminal of its own.
zmodload zsh/zpty || exit
folder=$(mktemp -d) || exit

cat > $folder/inner.zsh <<'INNER'
PROMPT=
# What all completions need. Those of a thousand programs would be read, too, and
# take many seconds from a cold disk.
fpath=(${(M)fpath:#*/Completion(|/Base|/Zsh)})
autoload -Uz compinit
compinit -u -D
source $script
# Every match is added by this: it is written down first.
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a matches
  builtin compadd -A matches "$@"
  (( $#matches )) && print -rl -- $matches >> $folder/matches
  builtin compadd "$@"
}
# It is called once for each time that it is asked for.
finish() {
  comppostfuncs=(finish)
  print ready > $folder/ready
}
comppostfuncs=(finish)
zstyle ':completion:*' insert-tab false
bindkey '^I' complete-word
print ready > $folder/ready
INNER

mkfifo $folder/ready
# Both ways, and once: whoever opens it between two words finds an end.
exec {ready}<>$folder/ready
export folder script=$1
shift
zpty inner zsh -f -i
zpty -w inner "source $folder/inner.zsh"
read -r -u $ready
for line; do
  : > $folder/matches
  # ^U: without what the last completion has left.
  zpty -n -w inner $'\C-u'$line$'\t'
  read -r -u $ready
  print -r -- ${(o)${(uf)"$(< $folder/matches)"}}
done
zpty -d inner
rm -rf $folder
