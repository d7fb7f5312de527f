import { Argument, type Command } from 'commander'
import { addExamples, type DefineCommand } from './cli.ts'

/** `vedette completion`: the script is made from the commands themselves, so it cannot fall behind. */
export const defineCompletion: DefineCommand = (command, { terminal }) => {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .option('--json', 'print the words as JSON instead of a script')
  addExamples(command, ['completion bash > /etc/bash_completion.d/vedette', 'completion fish | source'])
  command.action((shell: string, options: { json?: true }) => {
    const words = (command.parent?.commands ?? []).map(wordsOf)
    if (options.json) terminal.printJson(words)
    else terminal.print(scripts[shell as keyof typeof scripts](words))
  })
}

interface Words {
  readonly name: string
  readonly summary: string
  /** Long options, and words that an argument may only be. */
  readonly words: readonly string[]
}

function wordsOf(command: Command): Words {
  const options = command.options.map((option) => option.long ?? option.flags)
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? [])
  const parts = command.commands.map((part) => part.name())
  return { name: command.name(), summary: command.description(), words: [...options, '--help', ...choices, ...parts] }
}

const scripts = { bash, zsh, fish }

function bash(all: readonly Words[]): string {
  return `# Completion of vedette for bash.
_vedette() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${all.map(({ name }) => name).join(' ')}"
  else
    case "\${COMP_WORDS[1]}" in
${all.map(({ name, words }) => `      ${name}) words="${words.join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case "$word" in -*) ;; *) [ "$COMP_CWORD" -gt 1 ] && COMPREPLY+=($(compgen -f -- "$word")) ;; esac
}
complete -F _vedette vedette`
}

function zsh(all: readonly Words[]): string {
  return `#compdef vedette
# Completion of vedette for zsh.
_vedette() {
  if (( CURRENT == 2 )); then
    local -a names=(
${all.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`).join('\n')}
    )
    _describe command names
    return
  fi
  case "$words[2]" in
${all.map(({ name, words }) => `    ${name}) compadd -- ${words.join(' ')} ;;`).join('\n')}
  esac
  _files
}
if [ "$funcstack[1]" = _vedette ]; then _vedette "$@"; else compdef _vedette vedette; fi`
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ name, summary, words }) => [
    `complete -c vedette -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...words.map((word) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c vedette -n '__fish_seen_subcommand_from ${name}' ${what}`
    }),
  ])
  return ['# Completion of vedette for fish.', ...lines].join('\n')
}

/** Quotes for a shell: a quote inside is closed, escaped and opened again. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
