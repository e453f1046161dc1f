using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TPacket.Diagnostics;
using TPacket.Tool.Stores;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket rooms ADDRESS</c>, <c>tpacket rooms --sqlite FILE</c> and <c>tpacket rooms --redis SERVERS</c>.</summary>
internal static class RoomsCommand
{
    public static Command Create()
    {
        var address = new Argument<Uri?>("address")
        {
            Description = "The address of a list of rooms that an app publishes as JSON, such as http://localhost:5000/rooms.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = static result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                    return uri;
                result.AddError("The address must begin with http:// or https://.");
                return null;
            },
        };
        var store = new StoreArguments();
        var headers = ServerArguments.HeaderLines();
        var json = new Option<bool>("--json") { Description = "Writes one line with a JSON object for each room." };
        var command = new Command("rooms", "Lists rooms with their members.") { address };
        store.AddTo(command);
        command.Add(headers);
        command.Add(json);
        command.Validators.Add(result =>
        {
            if (store.Count(result) + (result.GetResult(address)?.Tokens.Count ?? 0) != 1)
                result.AddError("Pass either an address, --sqlite or --redis.");
        });
        command.Run(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var source = await store.OpenAsync(parsed);
            var rooms = source?.ReadRoomsAsync(cancellationToken)
                ?? (await RoomList.LoadAsync(parsed.GetValue(address)!, parsed.GetValue(headers) ?? [], cancellationToken)).ToAsyncEnumerable();
            await foreach (var room in rooms)
                output.Write(parsed.GetValue(json) ? ToJson(room) : ToText(room));
            return ExitCode.Done;
        });
        return command;
    }

    private static string ToText(StoredRoom room)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{room.Members,6}  ");
        if (room.LastOffset is { } offset)
            text.Append(CultureInfo.InvariantCulture, $"{offset,8}  {room.LastTime?.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) ?? "-",-24}  ");
        return text.Append(Printable.Escape(room.Name)).Append('\n').ToString();
    }

    private static string ToJson(StoredRoom room)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", room.Name);
            json.WriteNumber("members", room.Members);
            if (room.LastOffset is { } offset)
                json.WriteNumber("offset", offset);
            if (room.LastTime is { } time)
                json.WriteString("time", time.UtcDateTime);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
