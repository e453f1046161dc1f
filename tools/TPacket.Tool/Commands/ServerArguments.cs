using System.CommandLine;
using System.Security.Cryptography;
using TPacket.Client;
using TPacket.Tool.Check;
using TPacket.WebSockets;

namespace TPacket.Tool.Commands;

/// <summary>The arguments of commands that connect to a server.</summary>
internal sealed class ServerArguments
{
    public const string DefaultMagicString = "magic string :)";

    private readonly Argument<Uri> _address = new("address")
    {
        Description = "The address of the server: ws://host:25021/, wss:, http: or https:.",
        CustomParser = static result =>
        {
            if (ServerAddress.Of(result.Tokens[0].Value) is { } uri)
                return uri;
            result.AddError("The address must begin with ws://, wss://, http:// or https:// and have a host.");
            return null;
        },
    };

    private readonly Option<string> _nick;
    private readonly Option<KeyValuePair<string, string>[]> _headers = HeaderLines();

    private readonly Option<string> _magic = new("--magic") { Description = "The magic string of the host, if it is not the default.", DefaultValueFactory = static _ => DefaultMagicString };
    private readonly Option<double> _timeout;

    /// <param name="prefix">The prefix of a random nick.</param>
    /// <param name="timeout">The operation that <c>--timeout</c> limits, for the help.</param>
    public ServerArguments(string prefix, string timeout)
    {
        _nick = new("--nick") { Description = "The nick to sign in with. Default: a random nick.", DefaultValueFactory = _ => $"{prefix}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}" };
        _timeout = new("--timeout") { Description = $"The timeout of {timeout} in seconds.", DefaultValueFactory = static _ => 10 };
        _timeout.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (>= 0.1 and <= 600))
                result.AddError("--timeout must be from 0.1 to 600 seconds.");
        });
    }

    /// <summary>Creates the option for additional headers.</summary>
    public static Option<KeyValuePair<string, string>[]> HeaderLines() => new("--header", "-H")
    {
        Description = "An additional header of the request, as \"Name: value\". May be repeated.",
        CustomParser = static result => [.. result.Tokens.Select(token => Header(token.Value, result.AddError))],
    };

    /// <summary>Adds the address, as the first argument, and the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_address);
        command.Add(_nick);
        command.Add(_headers);
        command.Add(_magic);
        command.Add(_timeout);
    }

    public Uri Address(ParseResult parsed) => parsed.GetRequiredValue(_address);

    public string Nick(ParseResult parsed) => parsed.GetRequiredValue(_nick);

    public string MagicString(ParseResult parsed) => parsed.GetRequiredValue(_magic);

    public IReadOnlyList<KeyValuePair<string, string>> Headers(ParseResult parsed) => parsed.GetValue(_headers) ?? [];

    public TimeSpan Timeout(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(_timeout));

    /// <summary>Creates a client from the arguments.</summary>
    public TPacketClient CreateClient(ParseResult parsed, Action<TPacketClientOptions>? configure = null)
    {
        var options = new TPacketClientOptions
        {
            MagicString = MagicString(parsed),
            Timeout = Timeout(parsed),
            WebSocket = WebSocketClientOptions.Default with { Headers = Headers(parsed) },
        };
        configure?.Invoke(options);
        return new TPacketClient(Address(parsed), options);
    }

    private static KeyValuePair<string, string> Header(string line, Action<string> addError)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || line.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            addError("A header must have the form \"Name: value\".");
            return default;
        }

        return new(line[..colon].Trim(), line[(colon + 1)..].Trim());
    }
}
