namespace TPacket.WebSockets.Tests;

public class QueryParametersTests
{
    [Theory]
    [InlineData("token=4711", "4711")]
    [InlineData("a=1&token=4711&token=other", "4711")]
    [InlineData("token=a+b%20c%2B%26%3D", "a b c+&=")]
    [InlineData("t%6Fken=x", "x")]
    [InlineData("token=%C3%A9%E2%82%AC", "é€")]
    [InlineData("token=a=b=", "a=b=")]
    [InlineData("token=", "")]
    [InlineData("token", "")]
    [InlineData("&&token=1&", "1")]
    [InlineData("Token=1", null)]
    [InlineData("tokens=1", null)]
    [InlineData("", null)]
    public void A_parameter_is_found_by_its_name_and_decoded(string query, string? value)
    {
        var parameters = UpgradeTranscript.ExpectRequest(Requests.With("/chat", $"/chat?{query}")).Query;

        Assert.Equal(value, parameters["token"]);
        Assert.Equal(value is not null, parameters.TryGet("token", out var found));
        Assert.Equal(value, found);
        Assert.Equal(query, parameters.Text);
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("100%", "100%")]
    [InlineData("%FF", "\uFFFD")]
    [InlineData("%00", "\0")]
    public void Invalid_encoding_is_not_an_error(string sent, string value) => Assert.Equal(value, new QueryParameters($"x={sent}")["x"]);

    [Theory]
    [InlineData("€", "€")]
    [InlineData("€+%E2%82%AC", "€ €")]
    public void Text_of_an_application_need_not_be_encoded(string text, string value) => Assert.Equal(value, new QueryParameters($"x={text}")["x"]);

    [Fact]
    public void Parameters_are_listed_in_order()
    {
        var parameters = new QueryParameters("b=1&a=2&b=3");

        Assert.Equal(["b=1", "a=2", "b=3"], parameters.Select(static parameter => $"{parameter.Key}={parameter.Value}"));
        Assert.Equal(["1", "3"], parameters.GetAll("b"));
        Assert.Equal((3, "2"), (parameters.Count, parameters[1].Value));
    }
}
