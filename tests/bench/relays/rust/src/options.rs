//! What the command line says.

pub struct Options {
    pub unsigned: bool,
    pub topics: usize,
    pub degree: usize,
    pub degree_low: usize,
    pub degree_high: usize,
    pub max_size: usize,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options {
            unsigned: false,
            topics: 1,
            degree: 6,
            degree_low: 5,
            degree_high: 12,
            max_size: 2 << 20,
        };
        while let Some(flag) = arguments.next() {
            let number = match flag.as_str() {
                "--unsigned" => {
                    options.unsigned = true;
                    continue;
                }
                "--topics" => &mut options.topics,
                "--degree" => &mut options.degree,
                "--degree-low" => &mut options.degree_low,
                "--degree-high" => &mut options.degree_high,
                "--max-size" => &mut options.max_size,
                _ => return Err(format!("unknown option {flag}")),
            };
            let value = arguments.next().unwrap_or_default();
            *number = value
                .parse()
                .map_err(|_| format!("{flag} takes a number, not {value:?}"))?;
        }
        Ok(options)
    }
}
