using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace TPacket.SignIn.Tests;

/// <summary>Accounts over HTTP: signing in and out, and the endpoint that issues tokens.</summary>
public class AccountTests
{
    [Theory]
    [InlineData("alice", "builder")]
    [InlineData("carol", "wonderland")]
    [InlineData("carol", "")]
    public async Task A_wrong_name_or_password_is_answered_401(string name, string password)
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = app.Browse();
        using var response = await browser.PostAsJsonAsync("sign-in", new { name, password });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_form_of_another_site_cannot_sign_a_user_in()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = app.Browse();
        // The media type that a form of another site can send without a preflight request.
        using var body = new StringContent("""{"name":"alice","password":"wonderland"}""", Encoding.UTF8, "text/plain");
        using var response = await browser.PostAsync("sign-in", body);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_cookie_is_not_accessible_to_scripts_and_pages_of_other_sites()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = app.Browse();
        using var response = await browser.PostAsJsonAsync("sign-in", new { name = "alice", password = "wonderland" });
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("GET", "me")]
    [InlineData("POST", "token")]
    [InlineData("POST", "sign-out")]
    [InlineData("GET", "chat")]
    [InlineData("GET", "token-chat")]
    public async Task A_request_without_a_cookie_is_answered_401(string method, string path)
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = app.Browse();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task No_token_is_issued_after_signing_out()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        Assert.NotEmpty(await TestSignIn.FetchTokenAsync(browser));
        using var signedOut = await browser.PostAsync("sign-out", null);
        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        using var response = await browser.PostAsync("token", null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_page_may_load_only_files_of_the_app()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = app.Browse();
        using var response = await browser.GetAsync("");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }
}
