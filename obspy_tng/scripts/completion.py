"""Completion of ``obspy-tng`` in the shell, from the argument parser itself."""

import argparse

_SCRIPT = """# completion of obspy-tng, made by `obspy-tng completion`
_obspy_tng() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= item
    for item in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $item in -*) ;; *) command=$item; break ;; esac
    done
    local names=
    case $command:$before in
{choices}
    *) case $command:$word in
        :*) names="{commands}" ;;
{options}
        esac ;;
    esac
    COMPREPLY=($(compgen -W "$names" -- "$word"))
}}
complete -o default -F _obspy_tng obspy-tng
"""


def completion_script(parser):
    """
    A script that completes commands, options and their choices; file names elsewhere.

    :param parser: of :func:`~obspy_tng.scripts.main.make_parser`.
    :return: str, for bash, and for zsh with ``bashcompinit``.
    """
    commands = _subparsers(parser)
    choices, options = [], []
    for name, sub in commands.items():
        for action in sub._actions:
            if action.choices and action.option_strings:
                cases = "|".join(f"{name}:{option}" for option in action.option_strings)
                choices.append(f'    {cases}) names="{" ".join(map(str, action.choices))}" ;;')
            elif action.choices:
                choices.append(f'    {name}:{name}) names="{" ".join(action.choices)}" ;;')
        every = [option for action in sub._actions for option in action.option_strings]
        options.append(f'        {name}:-*) names="{" ".join(every)}" ;;')
    own = [option for action in parser._actions for option in action.option_strings]
    return _SCRIPT.format(choices="\n".join(choices), options="\n".join(options),
                          commands=" ".join([*commands, *own]))


def _subparsers(parser):
    """Command name -> its parser."""
    return next(action.choices for action in parser._actions
                if isinstance(action, argparse._SubParsersAction))
