require 'gitlab'
client = Gitlab.client(endpoint: "#{ENV.fetch('URL')}/api/v4", httparty: { timeout: 1 })
puts client.run_trigger(9, ENV.fetch('TOKEN'), 'master').id
