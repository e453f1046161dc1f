using System.Globalization;
using System.Text;
using System.Text.Json;
using TPacket.Diagnostics;

namespace TPacket.Tool.Check;

/// <summary>The executed steps of a check.</summary>
internal sealed record CheckReport(Uri Address, IReadOnlyList<CheckStep> Steps)
{
    /// <summary>Whether no step has failed.</summary>
    public bool IsWhole => Steps.All(static step => step.Status != StepStatus.Failed);

    /// <summary>Formats the report as text, one line for each step. Escapes control characters from the peer.</summary>
    public string ToText()
    {
        var text = new StringBuilder().Append(Printable.Escape(Shown)).Append('\n');
        foreach (var step in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Word(step.Status),-6} {step.Name,-12} {Printable.Escape(step.Text)}\n");
            if (step.Advice is not null)
                text.Append(CultureInfo.InvariantCulture, $"         {"try",-12} {Printable.Escape(step.Advice)}\n");
        }

        return text.Append(IsWhole ? "The server works.\n" : "The check failed.\n").ToString();
    }

    /// <summary>Formats the report as a JSON object and a line feed. Escapes control characters and non-ASCII characters.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("address", Shown);
            json.WriteBoolean("ok", IsWhole);
            json.WriteStartArray("steps");
            foreach (var step in Steps)
            {
                json.WriteStartObject();
                json.WriteString("step", step.Name);
                json.WriteString("status", Word(step.Status));
                json.WriteString("text", step.Text);
                if (step.Advice is not null)
                    json.WriteString("advice", step.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    // The query and the user info may be secret.
    private string Shown => Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static string Word(StepStatus status) => status switch
    {
        StepStatus.Ok => "ok",
        StepStatus.Note => "note",
        _ => "failed",
    };
}
