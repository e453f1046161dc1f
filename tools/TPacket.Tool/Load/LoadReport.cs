using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TPacket.Tool.Load;

/// <summary>The result of a load.</summary>
/// <param name="Load">The load.</param>
/// <param name="Counts">The counts of its clients.</param>
/// <param name="Connecting">The time until all clients were in their rooms.</param>
/// <param name="Talking">The time from the first message until the last message had arrived or timed out.</param>
internal sealed record LoadReport(LoadRequest Load, LoadCounts Counts, TimeSpan Connecting, TimeSpan Talking)
{
    /// <summary>Whether every member received every message once and in order.</summary>
    public bool IsWhole => Lost == 0 && Counts is { Misplaced: 0, Refused: 0, Ended: 0 };

    /// <summary>Deliveries that have not arrived.</summary>
    public long Lost => Math.Max(0, Counts.Owed - Counts.Received);

    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        clients       {Load.Clients} in {Load.Rooms} rooms, connected in {Connecting.TotalSeconds:0.00} s
        sent          {Counts.Sent}, {Counts.Sent / Talking.TotalSeconds:0} a second
        received      {Counts.Received}, {Counts.Received / Talking.TotalSeconds:0} a second
        delay         half {Ms(Counts.Delays.At(0.5))}, 90 % {Ms(Counts.Delays.At(0.9))}, 99 % {Ms(Counts.Delays.At(0.99))}, longest {Ms(Counts.Delays.Longest)}
        lost          {Lost}
        out of place  {Counts.Misplaced}
        refused       {Counts.Refused}
        ended         {Counts.Ended} connections

        """).ReplaceLineEndings("\n");

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("clients", Load.Clients);
            json.WriteNumber("rooms", Load.Rooms);
            json.WriteNumber("connectSeconds", Connecting.TotalSeconds);
            json.WriteNumber("seconds", Talking.TotalSeconds);
            json.WriteNumber("sent", Counts.Sent);
            json.WriteNumber("received", Counts.Received);
            json.WriteNumber("lost", Lost);
            json.WriteNumber("outOfPlace", Counts.Misplaced);
            json.WriteNumber("refused", Counts.Refused);
            json.WriteNumber("ended", Counts.Ended);
            json.WriteStartObject("delayMilliseconds");
            json.WriteNumber("p50", Counts.Delays.At(0.5).TotalMilliseconds);
            json.WriteNumber("p90", Counts.Delays.At(0.9).TotalMilliseconds);
            json.WriteNumber("p99", Counts.Delays.At(0.99).TotalMilliseconds);
            json.WriteNumber("longest", Counts.Delays.Longest.TotalMilliseconds);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static string Ms(TimeSpan delay) => string.Create(CultureInfo.InvariantCulture, $"{delay.TotalMilliseconds:0.###} ms");
}
