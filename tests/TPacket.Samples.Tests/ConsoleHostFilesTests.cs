using System.Collections;
using System.Globalization;
using System.Text.Json;
using TPacket.Server;

namespace TPacket.Samples.Tests;

/// <summary>The source and settings of the console host.</summary>
public class ConsoleHostFilesTests
{
    private const int MostLinesOfProgram = 40;

    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Files", "ConsoleHost");

    [Fact]
    public void The_settings_file_has_every_option_with_its_default()
    {
        using var settings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "appsettings.json")));
        var section = settings.RootElement.GetProperty(TPacketServerOptions.SectionName);

        Assert.Equal(Options(new TPacketServerOptions()), Given(section));
        Assert.Equal(Options(new SqliteOptions()), Given(section.GetProperty("Sqlite")));
        Assert.Equal(Options(new RedisOptions()), Given(section.GetProperty("Redis")));
    }

    [Theory]
    [InlineData("ConsoleHost")]
    [InlineData("CustomCommands")]
    [InlineData("Operations")]
    [InlineData("Poll")]
    [InlineData("WebChat")]
    public void The_console_of_a_sample_host_drops_lines_and_does_not_block(string sample)
    {
        using var settings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "..", sample, "appsettings.json")));
        Assert.Equal("DropWrite", settings.RootElement.GetProperty("Logging").GetProperty("Console").GetProperty("QueueFullMode").GetString());
    }

    [Fact]
    public void The_program_is_short()
    {
        Assert.InRange(File.ReadLines(Path.Combine(_folder, "Program.cs")).Count(), 1, MostLinesOfProgram);
    }

    /// <summary>The settings of a section, without the sections within it.</summary>
    private static IEnumerable<string> Given(JsonElement section) => section.EnumerateObject().Where(setting => setting.Value.ValueKind != JsonValueKind.Object)
        .Select(setting => $"{setting.Name}: {(setting.Value.ValueKind == JsonValueKind.Array ? setting.Value.GetArrayLength() : setting.Value)}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Options(object defaults) =>
        defaults.GetType().GetProperties().Select(option => $"{option.Name}: {Text(option.GetValue(defaults))}").Order(StringComparer.Ordinal);

    private static string? Text(object? value) => value switch
    {
        ICollection list => list.Count.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
