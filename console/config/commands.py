"""`understudy config`: where the user's file is, what holds, and what is wrong with it."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="What you have settled for every session: options, theme, folders, keys.")
DONE, COULD_NOT = 0, 1


@app.command()
def path() -> int:
    """Print where the file is, or would be."""
    from console.config.reading import config_file

    typer.echo(config_file())
    return DONE


@app.command()
def show() -> int:
    """Print every key, what it does, and what holds now: a file to begin with."""
    from console.config.page import page_of
    from console.config.reading import config_file, load_config

    typer.echo(page_of(load_config(config_file())), nl=False)
    return DONE


@app.command()
def check() -> int:
    """Say everything that is wrong with the file."""
    from console.config.reading import ConfigError, config_file, load_config

    file = config_file()
    try:
        load_config(file)
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        return COULD_NOT
    typer.echo(f"{file} is right." if file.exists() else f"There is no {file}; the defaults hold.")
    return DONE


@app.command()
def keys(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> int:
    """List every act that can have another key: its id, its keys, what it does."""
    from console.config.keymap import keymap
    from console.config.reading import config_file, load_config
    from console.screens.keys import BINDINGS

    changed = keymap(load_config(config_file()).keys)
    acts = {binding.id or "": (changed.get(binding.id or "", binding.key), binding.tooltip) for binding in BINDINGS}
    if as_json:
        typer.echo(json.dumps([{"id": act, "keys": key.split(","), "does": does} for act, (key, does) in acts.items()]))
        return DONE
    wide = max(map(len, acts))
    for act, (key, does) in acts.items():
        typer.echo(f"{act:<{wide}}  {key:<24}  {does}")
    return DONE
