/** The commented sample config file that `config init` writes. */
export const configTemplate = `# gitlab-trigger: named servers and recipes. gitlab-trigger config show tells what becomes of it.
# Editors complete it by the schema beside the program (config-schema.json).

# The server that is used when none is given.
# default: work

servers:
  # work:
  #   url: https://gitlab.example.com          # a path prefix is kept
  #   api: auto                                # v4, v3, or auto: v4, and v3 where there is no v4
  #   projects:                                # a trigger token belongs to a project
  #     group/docs: { tokenFile: docs.token }  # or tokenEnv, or tokenCommand: [pass, show, gitlab/trigger]
  #   apiTokenCommand: [pass, show, gitlab/api]         # a token that may read
  #   caFile: /etc/ssl/company.pem

recipes:
  # nightly-docs:                              # gitlab-trigger run nightly-docs
  #   server: work
  #   project: group/docs
  #   ref: main
  #   variables: { NIGHTLY: "true" }           # values are text: quote what is not
`
