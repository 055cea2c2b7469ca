"""`backprop schema`: the JSON Schema of scenario files."""

import json

from backpropcli.catalogue.registry import all_layers
from backpropcli.cli import options, report
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import write
from backpropcli.scenario import json_schema


def command(layers: options.Layers = None, output: options.OutputFile = None, debug: options.Debug = False) -> None:
    """Print the JSON Schema of scenario files, for editors and validators.

    \b
      backprop schema -o .schema.json
    Then begin a scenario with the line
      # yaml-language-server: $schema=.schema.json
    """
    use_layers(layers)
    _, problems = all_layers()
    report.warnings(problems)
    write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", output)
