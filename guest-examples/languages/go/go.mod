module zpoline/hooks

go 1.24
