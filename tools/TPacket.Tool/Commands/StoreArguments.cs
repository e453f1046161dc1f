using System.CommandLine;
using TPacket.Server;
using TPacket.Tool.Stores;

namespace TPacket.Tool.Commands;

/// <summary>The arguments of commands that read a store.</summary>
internal sealed class StoreArguments
{
    private readonly Option<string?> _sqlite = new("--sqlite") { Description = "The SQLite file. A server may use it at the same time." };
    private readonly Option<string?> _redis = new("--redis") { Description = "The Redis servers, such as host:6379, in the form of the option TPacket:Redis:Configuration." };
    private readonly Option<string> _prefix = new("--key-prefix") { Description = "The prefix of the keys on Redis.", DefaultValueFactory = static _ => new RedisOptions().KeyPrefix };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_sqlite);
        command.Add(_redis);
        command.Add(_prefix);
    }

    /// <summary>Returns the number of stores in the arguments.</summary>
    public int Count(System.CommandLine.Parsing.CommandResult result) => Convert.ToInt32(result.GetResult(_sqlite) is not null) + Convert.ToInt32(result.GetResult(_redis) is not null);

    /// <summary>Opens the store in the arguments. Returns null if there is none.</summary>
    /// <exception cref="ToolException">The store cannot be opened.</exception>
    public async Task<ILogSource?> OpenAsync(ParseResult parsed) =>
        parsed.GetValue(_sqlite) is { } path ? SqliteLogSource.Open(path)
        : parsed.GetValue(_redis) is { } configuration ? await RedisLogSource.ConnectAsync(configuration, parsed.GetRequiredValue(_prefix))
        : null;
}
