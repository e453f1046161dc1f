using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Tests.Options;

/// <summary>Settings in appsettings.json, in the environment and on the command line.</summary>
public sealed class SettingNamesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-settings").FullName;

    public enum Source
    {
        File,
        Environment,
        CommandLine,
    }

    [Theory]
    [InlineData(Source.File)]
    [InlineData(Source.Environment)]
    [InlineData(Source.CommandLine)]
    public async Task An_unknown_name_fails_the_start_and_the_nearest_name_is_suggested(Source source)
    {
        using var host = Build(source, "Prot", "1");
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal("TPacket:Prot is not a setting. Did you mean TPacket:Port?", Assert.Single(error.Failures));
    }

    [Theory]
    [InlineData("NickTimout", "1", "TPacket:NickTimout is not a setting. Did you mean TPacket:NickTimeout?")]
    [InlineData("AllowedOrigin:0", "x", "TPacket:AllowedOrigin is not a setting. Did you mean TPacket:AllowedOrigins?")]
    [InlineData("Endpoints:0:Prot", "1", "TPacket:Endpoints:0:Prot is not a setting. Did you mean TPacket:Endpoints:0:Port?")]
    [InlineData("Endpoints:Port", "1", "TPacket:Endpoints:Port must have settings, such as TPacket:Endpoints:0:Address, but is 1.")]
    [InlineData("Endpoints", "localhost:1", "TPacket:Endpoints must be a list, but is localhost:1.")]
    [InlineData("Port:0", "1", "TPacket:Port:0 is not a setting: TPacket:Port takes a single value.")]
    [InlineData("Game:Clock", "1", "TPacket:Game is not a setting. Did you mean TPacket:Games?")]
    public void A_message_has_the_full_path(string name, string value, string message)
    {
        using var host = Build(Source.CommandLine, name, value);
        var error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value);
        Assert.Equal(message, Assert.Single(error.Failures));
    }

    [Theory]
    [InlineData("port", "1234")]
    [InlineData("Sqlite:Path", "x")]
    [InlineData("Redis:Configuration", "x")]
    [InlineData("Games:Anything", "x")]
    [InlineData("Endpoints:main:port", "1")]
    public void Names_have_any_case_and_sections_are_those_of_packages_and_of_the_host(string name, string value)
    {
        using var host = Build(Source.CommandLine, name, value);
        Assert.NotNull(host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value);
    }

    [Theory]
    [InlineData(Source.File)]
    [InlineData(Source.Environment)]
    [InlineData(Source.CommandLine)]
    public void A_number_for_a_time_is_seconds(Source source)
    {
        using var host = Build(source, "NickTimeout", "10");
        Assert.Equal(TimeSpan.FromSeconds(10), host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value.NickTimeout);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999999")]
    [InlineData("99999999999999999999")]
    [InlineData("10s")]
    public void An_invalid_time_is_refused(string value)
    {
        using var host = Build(Source.CommandLine, "NickTimeout", value);
        var error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value);
        Assert.Contains("TPacket:NickTimeout", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Source.File)]
    [InlineData(Source.Environment)]
    [InlineData(Source.CommandLine)]
    public void A_list_can_be_one_text(Source source)
    {
        using var host = Build(source, "AllowedOrigins", "https://a.example, https://b.example");
        Assert.Equal(["https://a.example", "https://b.example"], host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value.AllowedOrigins);
    }

    [Fact]
    public void One_text_replaces_a_list_in_a_file()
    {
        using var host = Build(Source.CommandLine, "AllowedOrigins", "https://a.example", """{ "TPacket": { "AllowedOrigins": [ "https://b.example", "https://c.example" ] } }""");
        Assert.Equal(["https://a.example"], host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value.AllowedOrigins);
    }

    [Fact]
    public void A_list_of_an_endpoint_can_be_one_text()
    {
        using var host = Build(Source.File, "", "", """{ "TPacket": { "AllowedOrigins": [], "Endpoints": [ { "Port": 1, "ProxyProtocol": true, "TrustedProxies": "10.0.0.0/8,::1" } ] } }""");
        var options = host.Services.GetRequiredService<IOptions<TPacketServerOptions>>().Value;
        Assert.Equal(["10.0.0.0/8", "::1"], Assert.Single(options.Endpoints).TrustedProxies);
        Assert.Empty(options.AllowedOrigins);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IHost Build(Source source, string name, string value, string? file = null)
    {
        if (source == Source.File || file is not null)
            File.WriteAllText(Path.Combine(_folder, "appsettings.json"), file ?? $$"""{ "TPacket": { "{{name}}": "{{value}}" } }""");
        // A prefix for this test: other tests run in the same process.
        var prefix = $"T{Guid.NewGuid():N}_";
        var variable = $"{prefix}TPacket__{name}";
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder });
        builder.Configuration.AddJsonFile("appsettings.json", optional: true, reloadOnChange: false);
        if (source == Source.Environment)
            Environment.SetEnvironmentVariable(variable, value);
        try
        {
            builder.Configuration.AddEnvironmentVariables(prefix);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        if (source == Source.CommandLine)
            builder.Configuration.AddCommandLine([$"--TPacket:{name}={value}"]);
        builder.Services.AddTPacketServer().AddSettingsSection("Games");
        return builder.Build();
    }
}
