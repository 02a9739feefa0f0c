/// What editors check recipes by: JSON Schema 2020-12 for both versions. Lists need none.
package enum RecipeSchema {
    /// The document.
    package static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Recipe of Wafer",
          "oneOf": [{ "$ref": "#/$defs/version1" }, { "$ref": "#/$defs/version2" }],
          "$defs": {
            "version1": {
              "description": "A recipe of DUCC.",
              "type": "object",
              "required": ["version", "cvmfs_repo", "input"],
              "properties": {
                "version": { "const": 1 },
                "user": { "description": "Who pushes thin images.", "type": "string" },
                "cvmfs_repo": { "description": "The CVMFS repository.", "type": "string" },
                "output_format": {
                  "description": "The name of thin images, with $(scheme), $(registry), $(repository), $(tag), $(image) …",
                  "type": "string"
                },
                "input": {
                  "description": "Images; a tag may have * in it.",
                  "type": "array",
                  "items": { "type": "string" }
                }
              }
            },
            "version2": {
              "description": "A recipe of Wafer.",
              "type": "object",
              "additionalProperties": false,
              "required": ["version", "repository", "images"],
              "properties": {
                "version": { "const": 2 },
                "repository": { "description": "The CVMFS repository.", "type": "string" },
                "max-images": {
                  "description": "Nothing is applied where more are selected.",
                  "type": "integer",
                  "minimum": 1
                },
                "max-bytes": {
                  "description": "The most that the compressed layers of its images may have, each once, as 500GB.",
                  "oneOf": [
                    { "type": "integer", "minimum": 1 },
                    { "type": "string", "pattern": "^[0-9]+ ?([kmgtKMGT](i?[bB])?|[bB])?$" }
                  ]
                },
                "defaults": {
                  "description": "What holds where an entry says nothing else.",
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "formats": { "$ref": "#/$defs/formats" },
                    "platforms": { "$ref": "#/$defs/texts" },
                    "user": { "$ref": "#/$defs/user" },
                    "thin": { "$ref": "#/$defs/thin" },
                    "keep": { "$ref": "#/$defs/keep" },
                    "private": { "$ref": "#/$defs/private" }
                  }
                },
                "images": {
                  "type": "array",
                  "items": { "oneOf": [{ "type": "string" }, { "$ref": "#/$defs/entry" }] }
                }
              }
            },
            "entry": {
              "type": "object",
              "additionalProperties": false,
              "required": ["image"],
              "properties": {
                "image": { "description": "[REGISTRY/]REPOSITORY[:TAG], where TAG may be a pattern.", "type": "string" },
                "tags": { "$ref": "#/$defs/tags" },
                "formats": { "$ref": "#/$defs/formats" },
                "platforms": { "$ref": "#/$defs/texts" },
                "user": { "$ref": "#/$defs/user" },
                "thin": { "$ref": "#/$defs/thin" },
                "keep": { "$ref": "#/$defs/keep" },
                "private": { "$ref": "#/$defs/private" }
              }
            },
            "tags": {
              "description": "Which tags: all of these rules must hold.",
              "type": "object",
              "additionalProperties": false,
              "minProperties": 1,
              "properties": {
                "glob": { "description": "Like one of these.", "$ref": "#/$defs/texts" },
                "semver": { "description": "A range of versions, as >=2.1 <4.", "type": "string" },
                "exclude": { "description": "Like none of these.", "$ref": "#/$defs/texts" },
                "newest": { "description": "So many of the newest.", "type": "integer", "minimum": 1 }
              }
            },
            "formats": {
              "description": "What is made of an image; layers always are.",
              "oneOf": [
                { "$ref": "#/$defs/format" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/format" } }
              ]
            },
            "format": { "enum": ["layers", "flat", "podman", "thin"] },
            "texts": {
              "oneOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }]
            },
            "user": { "description": "Who fetches the images, of the database's users.", "type": ["string", "null"] },
            "thin": {
              "type": ["object", "null"],
              "additionalProperties": false,
              "required": ["image"],
              "properties": {
                "image": { "description": "Its name, with {registry}, {repository}, {tag}.", "type": "string" },
                "user": { "description": "Who pushes it.", "type": "string" }
              }
            },
            "keep": {
              "description": "How long an image stays after its tag left the registry or the selection.",
              "oneOf": [{ "const": 0 }, { "type": "string", "pattern": "^([0-9]+[mhdw]|0)$" }]
            },
            "private": {
              "description": "Whether images that need credentials are published where everybody can read them.",
              "enum": ["allow", "refuse"]
            }
          }
        }

        """#
}
