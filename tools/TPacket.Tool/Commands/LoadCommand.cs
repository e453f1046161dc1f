using System.CommandLine;
using System.Numerics;
using TPacket.Tool.Load;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket load ADDRESS</c>.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var server = new ServerArguments("load", "a client's way into its room");
        var clients = Number("--clients", "How many clients connect.", 20, 1, 20_000);
        var rooms = Number("--rooms", "How many rooms they are spread over.", 2, 1, 20_000);
        var rate = Number("--rate", "Messages a second that all of them send together.", 20.0, 0.1, 100_000);
        var duration = Number("--duration", "Seconds for which they send.", 10.0, 0.1, 86_400);
        var size = Number("--size", "Bytes of a message's text.", 64, LoadMessage.MinSize, 65_536);
        var json = new Option<bool>("--json") { Description = "Writes one JSON object instead of text." };
        var command = new Command("load", "Puts a load on a server that is yours, and counts what is lost and how long messages take.");
        server.AddTo(command);
        foreach (var option in (Option[])[clients, rooms, rate, duration, size, json])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValue(rooms) <= result.GetValue(clients))
                return;
            result.AddError("--rooms is at most --clients.");
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
                result.AddError($"{name} is from {least} to {most}.");
        });
        return option;
    }
}
