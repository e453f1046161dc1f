using System.CommandLine;
using System.Numerics;
using TPacket.Tool.Load;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket load ADDRESS</c>.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var server = new ServerArguments("load", "a client's entry into its room");
        var clients = Number("--clients", "The number of clients.", 20, 1, 20_000);
        var rooms = Number("--rooms", "The number of rooms. The clients are distributed evenly.", 2, 1, 20_000);
        var rate = Number("--rate", "The messages per second of all clients together.", 20.0, 0.1, 100_000);
        var duration = Number("--duration", "The seconds for which the clients send.", 10.0, 0.1, 86_400);
        var size = Number("--size", "The size of a message's text in bytes.", 64, LoadMessage.MinSize, 65_536);
        var json = new Option<bool>("--json") { Description = "Writes one JSON object instead of text." };
        var command = new Command("load", "Loads a server of your own with messages, and reports lost messages and delays.");
        server.AddTo(command);
        foreach (var option in (Option[])[clients, rooms, rate, duration, size, json])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValue(rooms) <= result.GetValue(clients))
                return;
            result.AddError("--rooms must not exceed --clients.");
        });
        command.Run(async (parsed, cancellationToken) =>
        {
            var load = new LoadRequest(
                server.Address(parsed), parsed.GetValue(clients), parsed.GetValue(rooms), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(duration)), parsed.GetValue(size))
            {
                Name = server.Nick(parsed),
                MagicString = server.MagicString(parsed),
                Headers = server.Headers(parsed),
                Timeout = server.Timeout(parsed),
            };
            var report = await RoomLoad.RunAsync(load, cancellationToken);
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(json) ? report.ToJson() : report.ToText());
            return report.IsWhole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Option<T> Number<T>(string name, string description, T usual, T least, T most)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<T>() is var value && value >= least && value <= most))
                result.AddError($"{name} must be from {least} to {most}.");
        });
        return option;
    }
}
