using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TPacket.Diagnostics;

namespace TPacket.Tool.Events;

/// <summary>Writes events, one line each. Escapes control characters.</summary>
/// <param name="output">The writer.</param>
/// <param name="asJson">Whether to write JSON objects.</param>
internal sealed class EventWriter(TextWriter output, bool asJson)
{
    public void Write(ToolEvent roomEvent)
    {
        output.Write(asJson ? ToJson(roomEvent) : ToText(roomEvent));
        output.Flush();
    }

    private static string ToText(ToolEvent it)
    {
        var what = it.Name switch
        {
            "message" => $"{it.Nick}: {it.Text}",
            "announcement" => $"* {it.Text}",
            "entered" => $"entered {it.Text}",
            "joined" => $"{it.Nick} ({it.User}) has joined",
            "left" => $"{it.Nick} ({it.User}) has left{(it.Text is null ? "" : $" ({it.Text})")}",
            "renamed" => $"{it.Text} ({it.User}) is now {it.Nick}",
            "away" => $"{it.Nick} ({it.User}) is away",
            "returned" => $"{it.Nick} ({it.User}) is back",
            "deletion" => $"the text of event {it.Target} was deleted",
            "deleted" => it.Nick is null ? "a deleted announcement" : $"a deleted message of {it.Nick} ({it.User})",
            "packet" => $"command {it.Command} p1 {it.P1} p2 {it.P2}{(it.Nick is null ? "" : $" of {it.Nick}")}{Shown(it.Data!.Value)}",
            "rules" => $"rules {it.Text}",
            "opened" => $"opened after {it.Text} s without a server",
            _ => it.Name,
        };
        var time = it.Time?.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) ?? "-";
        return string.Create(CultureInfo.InvariantCulture, $"{(it.Offset is { } offset ? offset : "-"),8}  {time,-24}  {Printable.Escape(what)}\n");
    }

    private static string Shown(ReadOnlyMemory<byte> data) => data.Length switch
    {
        0 => "",
        _ when Utf8.IsValid(data.Span) => $": {Encoding.UTF8.GetString(data.Span)}",
        _ => $": {data.Length} bytes",
    };

    private static string ToJson(ToolEvent it)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", it.Name);
            if (it.Offset is { } offset)
                json.WriteNumber("offset", offset);
            if (it.Time is { } time)
                json.WriteString("time", time.UtcDateTime);
            if (it.User is { } user)
                json.WriteNumber("user", user);
            if (it.Nick is not null)
                json.WriteString("nick", it.Nick);
            if (it.Text is not null)
                json.WriteString("text", it.Text);
            if (it.Target is { } target)
                json.WriteNumber("target", target);
            if (it.Command is { } command)
                json.WriteNumber("command", command);
            if (it.P1 is { } p1)
                json.WriteNumber("p1", p1);
            if (it.P2 is { } p2)
                json.WriteNumber("p2", p2);
            if (it.Data is { } data)
                json.WriteBase64String("data", data.Span);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
